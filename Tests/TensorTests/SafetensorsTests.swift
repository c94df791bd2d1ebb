import Foundation
import Testing

@testable import Tensor

@Suite struct SafetensorsTests {
    private let fixture = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/safetensors/types.safetensors").path

    /// The fixture was written by the format's own Python package, version 0.8.0.
    @Test func readsWhatTheReferenceImplementationWrote() throws {
        let file = try SafetensorsFile(contentsOf: fixture)
        #expect(file.metadata == ["made by": "safetensors 0.8.0 (Python)", "note": "é ✓"])
        #expect(
            file.entries.map { "\($0.name) \($0.elementType.rawValue) \($0.shape)" } == [
                "empty F32 [0, 3]", "flags BOOL [3]", "floats.bf16 BF16 [7]", "floats.f16 F16 [9]",
                "floats.f32 F32 [1, 6]", "floats.f64 F64 [2, 6]", "integers.i32 I32 [2, 1]",
                "integers.i64 I64 [4]", "integers.u8 U8 [3]", "scalar F32 []",
            ])
        let common: [Float] = [0, -0.0, 1, -2.5, 65504, 0x1p-14]
        #expect(try file.floats("floats.f32", shape: [1, 6]) == common)
        #expect(try file.floats("floats.f32")[1].sign == .minus)
        #expect(try file.floats("floats.f64") == common + [0, .infinity, .pi.nextUp, 1 / 3, -1e-8, 7])
        #expect(try file.floats("floats.f16") == common + [0x1p-24, .infinity, -.infinity])
        // 65504 has more digits than bfloat16 keeps.
        #expect(try file.floats("floats.bf16") == [0, -0.0, 1, -2.5, 65536, 0x1p-14, 3.140625])
        #expect(try file.integers("integers.i64") == [.min, .max, 0, -1])
        #expect(try file.integers("integers.i32") == [-0x8000_0000, 0x7fff_ffff])
        #expect(try file.integers("integers.u8") == [0, 128, 255])
        #expect(try file.bytes("integers.u8") == [0, 128, 255])
        #expect(try file.integers("flags") == [1, 0, 1])
        #expect(try file.floats("flags") == [1, 0, 1])
        #expect(try file.floats("scalar", shape: []) == [2.5])
        #expect(try file.floats("empty", shape: [0, 3]) == [])
    }

    /// Written by the format's own Python package, version 0.8.0: the smallest and largest numbers of each type.
    @Test func readsEveryWholeNumberType() throws {
        let path = URL(filePath: fixture).deletingLastPathComponent()
            .appending(path: "integers.safetensors").path
        let file = try SafetensorsFile(contentsOf: path)
        #expect(try file.integers("i8") == [-128, 127])
        #expect(try file.integers("i16") == [-32768, 32767])
        #expect(try file.integers("u16") == [0, 65535])
        #expect(try file.integers("u32") == [0, 4_294_967_295])
        #expect(try file.integers("u64") == [0, .max])
        #expect(try file.floats("u64") == [0, 0x1p63])
        let large = #expect(throws: SafetensorsError.self) { try file.integers("u64.large") }
        #expect(large?.kind == .mismatch)
        #expect(try file.floats("u64.large") == [0x1p64])
    }

    @Test func writesTheSameBytesWhateverTheOrder() throws {
        let a = SafetensorsFile.NamedArray(name: "a", shape: [2], values: [1, -2])
        let b = SafetensorsFile.NamedArray(name: "B.c", shape: [], values: [0.5])
        let bytes = SafetensorsFile.serialised([a, b], metadata: ["y": "2", "x": "\"1\n\""])
        #expect(bytes == SafetensorsFile.serialised([b, a], metadata: ["x": "\"1\n\"", "y": "2"]))
        let header =
            #"{"__metadata__":{"x":"\"1\n\"","y":"2"},"B.c":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"#
            + #""a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#
        let size = Int(bytes[0]) + Int(bytes[1]) << 8
        #expect(size % 8 == 0 && bytes[2..<8].allSatisfy { $0 == 0 })
        let text = String(decoding: bytes[8..<8 + size], as: UTF8.self)
        #expect(text == header + String(repeating: " ", count: size - header.utf8.count))
        #expect(size - header.utf8.count < 8)
        #expect(Array(bytes[(8 + size)...]) == [0, 0, 0, 0x3f, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0])
    }

    @Test func everyBitPatternSurvivesAFile() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("weights.safetensors")
        var random = RandomStream(key: "safetensors")
        let values = (0..<1000).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: random.nextBits())) }
        try SafetensorsFile.write([.init(name: "first", shape: [1], values: [1])], to: path)
        try SafetensorsFile.write(
            [
                .init(name: "w", shape: [10, 100], values: values),
                .init(name: "none", shape: [0], values: []),
            ],
            metadata: ["step": "7"], to: path)
        let file = try SafetensorsFile(contentsOf: path)
        #expect(file["first"] == nil)
        #expect(file["w"]?.count == 1000)
        #expect(file.metadata == ["step": "7"])
        #expect(try file.floats("w", shape: [10, 100]).map(\.bitPattern) == values.map(\.bitPattern))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.root) == ["weights.safetensors"])
    }

    @Test func anOpenFileStaysWhatItWas() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.safetensors")
        try SafetensorsFile.write([.init(name: "w", shape: [1], values: [1])], to: path)
        let old = try SafetensorsFile(contentsOf: path)
        try SafetensorsFile.write([.init(name: "w", shape: [1], values: [2])], to: path)
        #expect(try old.floats("w") == [1])
        #expect(try SafetensorsFile(contentsOf: path).floats("w") == [2])
    }

    @Test func aFailedWriteLeavesTheOldFileAndNothingElse() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.bin")
        try AtomicFile.write([1, 2], to: path)
        struct Interruption: Error {}
        #expect(throws: Interruption.self) {
            try AtomicFile.write(to: path) { append in
                try [UInt8](repeating: 3, count: 100).withUnsafeBytes(append)
                throw Interruption()
            }
        }
        #expect(FileManager.default.contents(atPath: path) == Data([1, 2]))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.root) == ["a.bin"])
        let error = #expect(throws: FileWriteError.self) {
            try AtomicFile.write([1], to: folder.path("none/a.bin"))
        }
        #expect(
            error?.description == folder.path("none/a.bin") + ": cannot be written: No such file or directory"
        )
        // Here the content is written and only the last step, taking the name, fails.
        let onto = #expect(throws: FileWriteError.self) { try AtomicFile.write([1], to: folder.root) }
        #expect(onto?.reason == "Is a directory" || onto?.reason == "File exists")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.root) == ["a.bin"])
    }

    #if !(os(macOS) && arch(x86_64))
        @Test func halfPrecisionAgreesWithTheProcessor() {
            for bits in UInt16.min...UInt16.max {
                let expected = Float(Float16(bitPattern: bits))
                let found = float(float16Bits: bits)
                let isSame = found.bitPattern == expected.bitPattern || found.isNaN && expected.isNaN
                if !isSame { Issue.record("\(bits): \(found) instead of \(expected)") }
            }
        }
    #endif
}

/// A folder that is removed with everything in it when its owner goes.
final class TemporaryFolder {
    let root: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "aural-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        root = url.path
    }

    func path(_ name: String) -> String { root + "/" + name }

    deinit { try? FileManager.default.removeItem(atPath: root) }
}
