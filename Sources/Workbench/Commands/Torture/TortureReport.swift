import ArgumentParser
import Foundation
import StrictJSON

/// The folder of one torture.
struct TortureFolder {
    let url: URL

    init(_ parent: String?, _ name: String) {
        let parent =
            parent.map { URL(fileURLWithPath: $0, isDirectory: true) }
            ?? FileManager.default.temporaryDirectory
        url = parent.appendingPathComponent(
            "workbench-torture-\(name)-\(ProcessInfo.processInfo.processIdentifier)", isDirectory: true)
    }

    func remove() {
        try? FileManager.default.removeItem(at: url)
    }
}

/// What came of a torture.
struct TortureReport {
    let name: String
    let isGood: Bool
    let problems: [String]
    let figures: [(name: String, count: Int)]

    /// Prints the report.
    ///
    /// - Throws: the exit status 1 if something was lost.
    func write(_ output: OutputOptions) throws {
        if output.json {
            var object: JSONObject = ["what": .string("workbench_torture_\(name)"), "passed": .bool(isGood)]
            for figure in figures {
                object[figure.name.replacingOccurrences(of: " ", with: "_")] = .integer(figure.count)
            }
            object["problems"] = .array(problems.map(JSONValue.string))
            JSONOutput.write(object)
        } else {
            var table = Table([.init(name), .init("", .right)])
            for figure in figures { table.add([figure.name, "\(figure.count)"]) }
            table.add(["problems", "\(problems.count)"])
            Terminal.write(table.rendered(color: Terminal.usesColor))
            for problem in problems.prefix(20) { Terminal.write(problem + "\n") }
            Terminal.write(isGood ? "passed\n" : "FAILED\n")
        }
        if !isGood { throw ExitCode(ExitStatus.runFailed) }
    }
}
