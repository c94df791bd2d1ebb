import Foundation
import Testing

@testable import Tensor

@Suite struct SafetensorsDamageTests {
    private static let entry = #""a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#

    @Test(arguments: [
        ("", 8, #"the header does not start with "{""#),
        ("x", 0, #"the header does not start with "{""#),
        ("{", 0, "header 1:2: expected a member name in double quotes, found the end of the text"),
        ("{\(entry),\(entry)}", 8, #"header 1:55: a: the key "a" appears twice in this object"#),
        ("{\(entry)}", 4, "its tensors take 8 bytes, 4 follow the header"),
        ("{\(entry)}", 9, "its tensors take 8 bytes, 9 follow the header"),
        (#"{"a":3}"#, 0, #"tensor "a": expected an object, found the number 3"#),
        (#"{"a":{}}"#, 0, #"tensor "a": "dtype" is not a string"#),
        (
            #"{"a":{"dtype":"F8_E4M3"}}"#, 0,
            #"tensor "a": dtype "F8_E4M3" is not supported; accepted: F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL"#
        ),
        (
            #"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,0]}}"#, 0,
            #"tensor "a": "shape" is not an array of whole numbers from 0"#
        ),
        (
            #"{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,0]}}"#, 0,
            #"tensor "a": "shape" is not an array of whole numbers from 0"#
        ),
        (
            #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4,
            #"tensor "a": "data_offsets" is not a start and an end in bytes"#
        ),
        (
            #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, 0,
            #"tensor "a": shape [4611686018427387904, 4] is too large"#
        ),
        (
            #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8,
            #"tensor "a": F32 of shape [3] takes 12 bytes, data_offsets give 8"#
        ),
        (
            #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8,
            #"tensor "a": starts at byte 4 of the data, the one before ends at 0"#
        ),
        (
            #"{"a":{"dtype":"U8","shape":[9223372036854775807],"data_offsets":[0,9223372036854775807]}}"#, 0,
            "its tensors take 9223372036854775807 bytes, 0 follow the header"
        ),
        (
            #"{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4],"size":1}}"#, 4,
            #"tensor "a": unknown key "size"; known keys: dtype, shape, data_offsets"#
        ),
        (
            #"{"__metadata__":{"k":1}}"#, 0,
            #"__metadata__ "k": expected a string, found the number 1"#
        ),
    ])
    func saysWhatIsWrong(header: String, dataSize: Int, expected: String) {
        let bytes = file(header: header, dataSize: dataSize)
        #expect(openingError(bytes) == "a.safetensors: not a safetensors file: \(expected)")
    }

    @Test func refusesImpossibleHeaderSizes() {
        #expect(
            openingError([1, 2]) == "a.safetensors: not a safetensors file: 2 bytes; even an empty one has 10"
        )
        let huge = [UInt8](repeating: 0xff, count: 8) + Array("{}".utf8)
        #expect(
            openingError(huge)
                == "a.safetensors: not a safetensors file: a header of 18446744073709551615 bytes in a file of 10"
        )
        #expect(openingError([2, 0, 0, 0, 0, 0, 0, 0] + Array("{}".utf8)) == nil)
    }

    @Test func namesFilesThatAreNotThere() throws {
        let missing = #expect(throws: SafetensorsError.self) {
            try SafetensorsFile(contentsOf: "none.safetensors")
        }
        #expect(missing?.kind == .notFound)
        #expect(missing?.description == "none.safetensors: there is no such file")
        let folder = #expect(throws: SafetensorsError.self) { try SafetensorsFile(contentsOf: "/") }
        #expect(folder?.description == "/: not a regular file; a safetensors file is needed")
    }

    @Test func namesTensorsThatDoNotFit() throws {
        let arrays = [SafetensorsFile.NamedArray(name: "up.weight", shape: [2], values: [1, 2])]
        let file = try SafetensorsFile(bytes: SafetensorsFile.serialised(arrays), name: "a")
        let unknown = #expect(throws: SafetensorsError.self) { try file.floats("up.wieght") }
        #expect(unknown?.description == #"a: there is no tensor "up.wieght"; did you mean "up.weight"?"#)
        let shape = #expect(throws: SafetensorsError.self) { try file.floats("up.weight", shape: [1, 2]) }
        #expect(shape?.description == #"a: tensor "up.weight": its shape is [2], [1, 2] is needed"#)
        let type = #expect(throws: SafetensorsError.self) { try file.integers("up.weight") }
        #expect(
            type?.description
                == #"a: tensor "up.weight": holds F32; accepted: BOOL and whole numbers below 2^63"#)
    }

    @Test func aFileCutOffAfterOpeningIsAnError() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.safetensors")
        try SafetensorsFile.write([.init(name: "w", shape: [4], values: [1, 2, 3, 4])], to: path)
        let file = try SafetensorsFile(contentsOf: path)
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.truncate(atOffset: 70)
        let error = #expect(throws: SafetensorsError.self) { try file.floats("w") }
        #expect(error?.description == "\(path): the file ends early; it was cut off while being read")
    }

    /// Damaged files: each is read or refused with a one-line error, nothing crashes. 20,000 of them, or as many as
    /// `WORKBENCH_FUZZ_INPUTS` says.
    @Test func damagedFilesAreReadOrRefused() throws {
        let arrays = [
            SafetensorsFile.NamedArray(name: "a", shape: [2, 3], values: [1, 2, 3, 4, 5, 6]),
            SafetensorsFile.NamedArray(name: "b", shape: [], values: [7]),
            SafetensorsFile.NamedArray(name: "c", shape: [0], values: []),
        ]
        let original = SafetensorsFile.serialised(arrays, metadata: ["step": "12"])
        var random = RandomStream(key: "safetensors damage")
        let count = ProcessInfo.processInfo.environment["WORKBENCH_FUZZ_INPUTS"].flatMap { Int($0) } ?? 20_000
        var read = 0
        for _ in 0..<count {
            var bytes = original
            for _ in 0...random.integer(0..<3) where !bytes.isEmpty {
                let place = random.integer(0..<bytes.count)
                switch random.integer(0..<5) {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.nextBits())
                case 1: bytes[place] ^= 1 << UInt8(random.integer(0..<8))
                case 2: bytes.remove(at: place)
                case 3: bytes.insert(random.pick(Array("0123456789[]{},:\"-e".utf8)), at: place)
                default: bytes.removeSubrange(random.integer(0..<bytes.count)...)
                }
            }
            do {
                let file = try SafetensorsFile(bytes: bytes, name: "a")
                for entry in file.entries where try file.floats(entry.name).count != entry.count {
                    Issue.record("\(entry)")
                }
                read += 1
            } catch {
                if error.description.contains("\n") { Issue.record(error) }
            }
        }
        #expect(read > count / 50 && read < count * 49 / 50, "\(read)")
    }

    private func file(header: String, dataSize: Int) -> [UInt8] {
        let size = header.utf8.count
        return [UInt8(size & 0xff), UInt8(size >> 8), 0, 0, 0, 0, 0, 0] + Array(header.utf8)
            + [UInt8](repeating: 0, count: dataSize)
    }

    private func openingError(_ bytes: [UInt8]) -> String? {
        do {
            _ = try SafetensorsFile(bytes: bytes, name: "a.safetensors")
            return nil
        } catch {
            return error.description
        }
    }
}
