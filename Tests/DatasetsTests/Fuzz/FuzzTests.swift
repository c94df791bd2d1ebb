import Foundation
import Tensor
import Testing

@testable import Datasets

/// Damaged inputs for every reader of ours: each is read or refused with an error of one line; nothing stops the
/// program and nothing takes memory that the input does not fill. `scripts/fuzz` does it 200,000 times.
@Suite struct FuzzTests {
    /// Inputs over all readers.
    private static let total = ProcessInfo.processInfo.environment["WORKBENCH_FUZZ_INPUTS"].flatMap {
        Int($0)
    }

    @Test(arguments: ReaderUnderFuzz.all.map(\.name)) func damagedInputsAreReadOrRefused(name: String) throws
    {
        let reader = try #require(ReaderUnderFuzz.all.first { $0.name == name })
        try #require(!reader.seeds.isEmpty)
        let count = Int((reader.share * Double(Self.total ?? 8000)).rounded(.up))
        let mutation = Mutation(tokens: reader.tokens)
        let before = Self.peakMemory
        var accepted = 0
        try withTemporaryFolder { folder in
            // Undamaged ones are read, or the fuzzing would see nothing but the first check.
            for seed in reader.seeds {
                var random = RandomStream(key: "fuzz/seed")
                if reader.name != "deflate" { try reader.read(seed, folder, &random) }
            }
            for index in 0..<count {
                var random = RandomStream(key: "fuzz/\(name)/\(index)")
                let bytes = mutation.damaged(random.pick(reader.seeds), &random)
                do {
                    try reader.read(bytes, folder, &random)
                    accepted += 1
                } catch {
                    do { try Self.checkText(error) } catch {
                        Issue.record("\(name), input \(index): \(error)")
                    }
                }
            }
        }
        if Self.total != nil {
            print("fuzz: \(name): \(count) inputs, \(accepted) read, \(count - accepted) refused")
            // Alone in its process only: other tests take memory, too.
            #expect(
                Self.peakMemory - before < 300 << 20, "\(name) took \((Self.peakMemory - before) >> 20) MiB")
        }
        // Any bytes are G.722, and a journal's damaged lines are work to be done again.
        #expect(["G.722", "journal"].contains(name) || accepted < count, "nothing was refused")
        #expect(accepted > 0, "nothing was read")
    }

    /// An error that people are shown is one line that says something.
    static func checkText(_ error: any Error) throws {
        if error is ReaderUnderFuzz.Nonsense { throw error }
        let text = "\(error)"
        guard !text.isEmpty, !text.contains(where: \.isNewline) else {
            throw ReaderUnderFuzz.Nonsense(description: "the error is not one line: \(text)")
        }
    }

    /// Bytes of the process at its largest.
    private static var peakMemory: Int {
        var usage = rusage()
        #if os(Linux)
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
            return usage.ru_maxrss << 10
        #else
            getrusage(RUSAGE_SELF, &usage)
            return usage.ru_maxrss
        #endif
    }
}
