import ArgumentParser
import Foundation
import Tensor
import Tracking

/// `workbench torture trap`: starts a run and dies of a mistake of its own, in one of several ways.
struct TortureTrapCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trap", abstract: "Start a run and die of a mistake: what does it leave behind?")

    enum Way: String, ExpressibleByArgument, CaseIterable {
        /// A check of the tensor engine that fails.
        case check
        /// A check of Swift's own, whose text nobody keeps.
        case swift
        /// Memory that is not there.
        case memory
        /// `abort`, as C libraries do.
        case abort
        /// A stack that runs over.
        case stack
    }

    @Option var workspace: String
    @Option var way: Way

    func run() throws {
        let workspace = try Workspace(directory: URL(fileURLWithPath: workspace, isDirectory: true))
        let recorder = try workspace.startRun(
            RunDescription(kind: "torture", seed: 0, configJSON: "{}"))
        try recorder.log("torture/metric", step: 0, value: 1)
        try recorder.flush()
        switch way {
        case .check:
            let (left, right) = (Tensor([1, 2, 3]), Tensor([1, 2, 3, 4]))
            _ = left + right
        case .swift:
            let numbers = [Int]()
            Terminal.write("\(numbers[CommandLine.arguments.count])")
        case .memory:
            // Sent to itself, as a fault of the memory arrives.
            raise(SIGSEGV)
        case .abort: Foundation.abort()
        case .stack:
            // Where stacks may grow without end this one does not.
            var limit = rlimit(rlim_cur: 8 << 20, rlim_max: 8 << 20)
            setrlimit(__rlimit_resource_t(RLIMIT_STACK.rawValue), &limit)
            Terminal.write("\(Self.depth(0))")
        }
        try recorder.finish(.finished, exitCode: 0)
    }

    /// Has no end that a stack could hold, and is no loop in disguise.
    @inline(never)
    private static func depth(_ level: Int) -> Int {
        guard level < .max else { return 1 }
        let below = depth(level + 1)
        return below &* below &+ level
    }
}
