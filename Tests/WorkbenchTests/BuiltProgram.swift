import Foundation

/// The program as users run it: the binary that was built beside the tests.
struct BuiltProgram {
    struct Outcome {
        var exitCode: Int32
        var output: String
        var error: String
    }

    static let url: URL = {
        // The test runner's own file lies in the folder the program was built into; on Linux it is the
        // test bundle itself.
        let runner = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        let path = runner ?? CommandLine.arguments.first ?? ""
        return URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent("workbench")
    }()

    /// Runs the program and waits for its end.
    ///
    /// - Parameters:
    ///   - arguments: the command line after the program's name.
    ///   - environment: variables added to a bare environment.
    ///   - directory: the working folder.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], in directory: URL? = nil
    ) throws -> Outcome {
        let process = Process()
        process.executableURL = url
        process.arguments = arguments
        process.environment = ["PATH": "/usr/bin:/bin", "TZ": "UTC"].merging(environment) { $1 }
        process.currentDirectoryURL = directory
        let output = Pipe()
        let error = Pipe()
        process.standardOutput = output
        process.standardError = error
        process.standardInput = FileHandle.nullDevice
        try process.run()
        // Both pipes are read at once, so that a full one never stops the program.
        let collected = ErrorReader(error.fileHandleForReading)
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Outcome(
            exitCode: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
            error: collected.text())
    }

    /// Reads a pipe to its end on a thread of its own.
    private final class ErrorReader: Sendable {
        private let done = DispatchSemaphore(value: 0)
        nonisolated(unsafe) private var data = Data()

        init(_ handle: FileHandle) {
            let reader = self
            Thread.detachNewThread {
                reader.data = handle.readDataToEndOfFile()
                reader.done.signal()
            }
        }

        func text() -> String {
            done.wait()
            return String(decoding: data, as: UTF8.self)
        }
    }
}
