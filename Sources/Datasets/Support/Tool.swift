import Foundation

/// Programs of the system, run without a shell.
enum Tool {
    struct Outcome {
        let status: Int32
        let output: String
        let error: String

        /// The last line that says something, for an error text.
        var reason: String {
            let lines = (error + "\n" + output).split(whereSeparator: \.isNewline)
            let errors = lines.filter { $0.hasPrefix("E: ") || $0.contains("error") }
            return String(errors.last ?? lines.last ?? "it said nothing")
        }
    }

    /// Runs a program and waits for its end.
    ///
    /// - Parameters:
    ///   - folder: the working folder.
    ///   - watch: called a few times a second while it runs; true ends the program.
    /// - Throws: `DatasetError.package` when there is no such program; `CancellationError` when it was ended.
    static func run(
        _ name: String, _ arguments: [String], in folder: URL? = nil, watch: () -> Bool = { false }
    ) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [name] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["LC_ALL": "C.UTF-8"]) { $1 }
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        // Files and not pipes: they never fill up, so nobody has to empty them.
        let texts = FileManager.default.temporaryDirectory.appending(path: "workbench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: texts, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: texts) }
        let files = ["output", "error"].map { texts.appending(path: $0) }
        for file in files {
            guard FileManager.default.createFile(atPath: file.path, contents: nil) else {
                throw DatasetError.writing(
                    "\(file.path): cannot be created; expected a writable folder for temporary files")
            }
        }
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        do {
            try process.run()
        } catch {
            throw DatasetError.package("\(name) cannot be started: \(error.localizedDescription)")
        }
        while process.isRunning {
            if watch() {
                process.terminate()
                process.waitUntilExit()
                throw CancellationError()
            }
            usleep(50_000)
        }
        process.waitUntilExit()
        let contents = files.map { file in
            String(decoding: (try? Data(contentsOf: file)) ?? Data(), as: UTF8.self)
        }
        // The status with which env says that there is no such program.
        if process.terminationStatus == 127 {
            throw DatasetError.package(
                "\(name) is not installed; it is part of Debian and Ubuntu, and this command needs it")
        }
        return Outcome(status: process.terminationStatus, output: contents[0], error: contents[1])
    }
}
