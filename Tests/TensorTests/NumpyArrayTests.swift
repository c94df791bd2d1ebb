import Foundation
import Testing

@testable import Tensor

@Suite struct NumpyArrayTests {
    /// What NumPy 2.4 writes: 10 bytes, the dictionary, blanks and a line feed up to a multiple of 64.
    private static func numpy(_ shape: String, type: String = "<f4", order: String = "False") -> [UInt8] {
        let header = "{'descr': '\(type)', 'fortran_order': \(order), 'shape': \(shape), }"
        let size = 118
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(size), 0] + Array(header.utf8)
            + [UInt8](repeating: 32, count: size - 1 - header.utf8.count) + [10]
    }

    private func refusal(_ bytes: [UInt8]) -> String {
        do {
            _ = try NumpyArray(bytes: bytes, name: "a.npy")
            return ""
        } catch { return error.description }
    }

    @Test func writesTheBytesThatNumPyWrites() {
        let square = NumpyArray(shape: [2, 3], values: [0, 1, 2, 3, 4, 5])
        let numbers: [UInt8] = [
            0, 0, 0, 0, 0, 0, 128, 63, 0, 0, 0, 64, 0, 0, 64, 64, 0, 0, 128, 64, 0, 0, 160, 64,
        ]
        #expect(square.serialised == Self.numpy("(2, 3)") + numbers)
        #expect(NumpyArray(shape: [1], values: [1.5]).serialised == Self.numpy("(1,)") + [0, 0, 192, 63])
        #expect(NumpyArray(shape: [0, 3], values: []).serialised == Self.numpy("(0, 3)"))
        #expect(NumpyArray(shape: [], values: [1.5]).serialised == Self.numpy("()") + [0, 0, 192, 63])
    }

    @Test func readsEveryElementType() throws {
        let cases: [(String, [UInt8], [Float])] = [
            ("<f8", [0, 0, 0, 0, 0, 0, 4, 192], [-2.5]), ("<f4", [0, 0, 32, 192], [-2.5]),
            ("<f2", [0, 193], [-2.5]), ("<i8", [254, 255, 255, 255, 255, 255, 255, 255], [-2]),
            ("<i4", [254, 255, 255, 255], [-2]), ("<i2", [254, 255], [-2]), ("|i1", [254], [-2]),
            ("|u1", [254], [254]), ("|b1", [1], [1]),
        ]
        #expect(cases.map(\.0) == NumpyArray.ElementType.allCases.map(\.rawValue))
        for (type, bytes, values) in cases {
            let array = try NumpyArray(bytes: Self.numpy("(1,)", type: type) + bytes, name: type)
            #expect(array.values == values && array.shape == [1] && array.elementType.rawValue == type)
        }
        let version2 =
            [0x93] + Array("NUMPY".utf8) + [2, 0, 55, 0, 0, 0]
            + Array("{'shape': (1, 1L), 'fortran_order': False,'descr':'<i2'}".utf8.prefix(55)) + [7, 0]
        #expect(refusal(version2).contains("not a NumPy file"))
    }

    @Test func aFileSurvivesWritingAndReading() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("a.npy")
        let array = NumpyArray(
            shape: [3, 2], values: [.nan, .infinity, -0.0, .leastNonzeroMagnitude, 3, -4])
        try array.write(to: path)
        let again = try NumpyArray(contentsOf: path)
        #expect(again.shape == [3, 2] && again.values.map(\.bitPattern) == array.values.map(\.bitPattern))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.root) == ["a.npy"])
        let missing = #expect(throws: NumpyError.self) { try NumpyArray(contentsOf: folder.path("b.npy")) }
        #expect(missing?.isNotFound == true)
        let inside = #expect(throws: NumpyError.self) { try NumpyArray(contentsOf: folder.root) }
        #expect(inside?.description == "\(folder.root): cannot be read; a regular file is needed")
    }

    @Test(arguments: [
        ("(2, 3)", "<f4", "False", 23, "<f4 of shape [2, 3] takes 24 bytes, 23 follow the header"),
        ("(2, 3)", "<f4", "False", 25, "takes 24 bytes, 25 follow"),
        ("(4611686018427387904, 4)", "<f4", "False", 0, "is too large"),
        ("(99999999999999999999,)", "<f4", "False", 0, "a length that is too large"),
        ("(-1,)", "<f4", "False", 0, "not of whole numbers from 0"),
        ("(2, 2)", "<f4", "True", 16, "stored column by column (fortran_order); accepted: row by row"),
        ("(1,)", ">f4", "False", 4, "elements of the type \">f4\"; accepted: <f8, <f4"),
        ("(1,)", "|O", "False", 8, "elements of the type \"|O\""),
        ("(1,)", "<f4", "None", 4, "is no dictionary of plain values"),
        ("3", "<f4", "False", 4, "is no dictionary of plain values"),
    ])
    func saysWhatIsWrong(shape: String, type: String, order: String, data: Int, expected: String) {
        let bytes = Self.numpy(shape, type: type, order: order) + [UInt8](repeating: 0, count: data)
        let text = refusal(bytes)
        #expect(text.hasPrefix("a.npy: ") && text.contains(expected), "\(text)")
    }

    @Test func everyCutIsAnError() {
        let whole = NumpyArray(shape: [2], values: [1, 2]).serialised
        for count in 0..<whole.count { #expect(refusal(Array(whole.prefix(count))) != "") }
        #expect(refusal(whole) == "")
        var claims = whole
        (claims[8], claims[9]) = (0xff, 0xff)
        #expect(refusal(claims).contains("a header of 65535 bytes in a file of 136"))
    }
}
