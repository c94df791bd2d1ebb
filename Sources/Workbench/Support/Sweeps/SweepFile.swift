import Experiments
import Foundation
import StrictJSON
import Tensor

/// A sweep's file that the program writes itself.
enum SweepFile {
    /// Writes what differs from the defaults, all or nothing; the base is named as seen from the file's folder.
    static func write(_ spec: SweepSpec, base: String, to path: String) throws {
        var named = spec
        named.base = relative(base, toFolderOf: path)
        try write(text(named.json.objectValue ?? [:]), to: path)
    }

    static func write(_ text: String, to path: String) throws {
        try AtomicFile.write(Array(text.utf8), to: path)
    }

    /// The members of a sweep that are not what they would be without being said.
    static func text(_ spec: JSONObject) -> String {
        let defaults = SweepSpec().json.objectValue ?? [:]
        return JSONValue.object(JSONObject(spec.members.filter { defaults[$0.key] != $0.value })).prettyText
            + "\n"
    }

    /// A path from the folder of another file; absolute where both have nothing in common.
    static func relative(_ path: String, toFolderOf file: String) -> String {
        func steps(_ path: String) -> [String] {
            URL(fileURLWithPath: path).standardizedFileURL.pathComponents
        }
        let (target, folder) = (steps(path), steps(file).dropLast())
        var common = 0
        while common < min(target.count, folder.count), target[common] == folder[common] { common += 1 }
        guard common > 1 else { return URL(fileURLWithPath: path).standardizedFileURL.path }
        return (Array(repeating: "..", count: folder.count - common) + target[common...]).joined(
            separator: "/")
    }
}
