import Foundation
import StrictJSON
import Tensor

/// The manifests of a folder and the tensors beside them.
final class ConformanceFixtures: Sendable {
    /// Tests/Fixtures/autograd, or what the environment's `WORKBENCH_AUTOGRAD_FIXTURES` names.
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["WORKBENCH_AUTOGRAD_FIXTURES"], !path.isEmpty {
            return URL(filePath: path, directoryHint: .isDirectory)
        }
        return URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/autograd")
    }()

    struct Family: Sendable {
        let name: String
        /// How many cases the manifest promises.
        let count: Int
        let cases: [ConformanceCase]
        let tensors: SafetensorsFile
    }

    let families: [Family]

    init() throws {
        let files = try FileManager.default.contentsOfDirectory(
            at: Self.folder, includingPropertiesForKeys: nil
        ).filter { $0.pathExtension == "json" }.sorted { $0.lastPathComponent < $1.lastPathComponent }
        families = try files.map { file in
            let manifest = try JSONValue(parsing: [UInt8](Data(contentsOf: file)))
            guard let name = manifest["family"]?.stringValue, let tensors = manifest["tensors"]?.stringValue,
                let count = manifest["count"]?.intValue, let cases = manifest["cases"]?.arrayValue
            else { throw BrokenFixture("\(file.path) is no manifest of cases") }
            return Family(
                name: name, count: count, cases: try cases.map { try ConformanceCase($0, family: name) },
                tensors: try Self.tensors(tensors))
        }
    }

    /// A safetensors file of the folder.
    static func tensors(_ name: String) throws -> SafetensorsFile {
        try SafetensorsFile(contentsOf: folder.appending(path: name).path)
    }
}
