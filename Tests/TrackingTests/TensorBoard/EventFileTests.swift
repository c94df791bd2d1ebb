import Foundation
import Testing

@testable import Tracking

@Suite struct EventFileTests {
    private static func hex(_ text: String) -> [UInt8] {
        let digits = text.filter { !$0.isWhitespace }
        return stride(from: 0, to: digits.count, by: 2).compactMap { start in
            let first = digits.index(digits.startIndex, offsetBy: start)
            return UInt8(digits[first..<digits.index(first, offsetBy: 2)], radix: 16)
        }
    }

    /// The check values of RFC 3720, appendix B.4.
    @Test func checksumsAreThoseOfTheStandard() {
        func check(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes(CRC32C.checksum) }
        #expect(check([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
        #expect(check([UInt8](repeating: 0xff, count: 32)) == 0x62a8_ab43)
        #expect(check(Array(0..<32)) == 0x46dd_794e)
        #expect(check((0..<32).map { 31 - $0 }) == 0x113f_db5c)
        #expect(check(Array("123456789".utf8)) == 0xe306_9283)
        #expect(check([]) == 0)
    }

    /// Made with TensorBoard 2.21's own protocol buffers and record writer; see Benchmarks/check_tensorboard.py.
    static let golden = hex(
        """
        1800000000000000a37f4b2209000000900a69da411a0d627261696e2e4576656e743a3236cc87f01c00000000000000
        c8c1951d09000060900a69da412a110a0f0a0876616c2f6c6f737315cdcccc3d794287e61f00000000000000514b4418
        09000080900a69da4110ac022a110a0f0a0876616c2f6c6f737315000080ff4a262b1931000000000000009d8383e909
        000000900a69da412a260a240a06636f6e666967421008071200420a2020202061203d20310a4a080a060a0474657874
        605a41ad
        """)

    private static func write(_ url: URL) throws {
        var writer = try EventFileWriter(url, startTime: Date(timeIntervalSince1970: 1_772_366_400))
        try writer.add("val/loss", step: 0, value: 0.1, time: Date(timeIntervalSince1970: 1_772_366_401.5))
        try writer.add(
            "val/loss", step: 300, value: -.infinity, time: Date(timeIntervalSince1970: 1_772_366_402))
        try writer.add(
            text: "    a = 1\n", named: "config", step: 0, time: Date(timeIntervalSince1970: 1_772_366_400))
        try writer.finish()
    }

    @Test func bytesAreThoseThatTensorBoardWrites() throws {
        let folder = TemporaryFolder()
        try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
        let url = folder.url.appendingPathComponent("events.out.tfevents.1.x")
        try Self.write(url)
        #expect([UInt8](try Data(contentsOf: url)) == Self.golden)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == [url.lastPathComponent])
    }

    private static func read(_ bytes: [UInt8]) -> EventFileContents {
        bytes.withUnsafeBytes { EventFileReader.read($0, path: "x") }
    }

    @Test func whatWasWrittenReadsBack() {
        let contents = Self.read(Self.golden)
        #expect(contents.damage == nil && contents.records == 4 && contents.skipped == 1)
        #expect(contents.scalars.keys.sorted() == ["val/loss"])
        let points = contents.scalars["val/loss"] ?? [:]
        #expect(points[0]?.value == Double(Float(0.1)) && points[300]?.value == -.infinity)
        #expect(points[0]?.time == Date(timeIntervalSince1970: 1_772_366_401.5))
        #expect(contents.started == Date(timeIntervalSince1970: 1_772_366_400))
    }

    /// Cut anywhere, the file gives the records before the cut and says where the damage is.
    @Test func everyPrefixIsReadUpToItsDamage() {
        var whole = 0
        for count in 0..<Self.golden.count {
            let contents = Self.read(Array(Self.golden[..<count]))
            if let damage = contents.damage {
                #expect(damage.kind == .truncated && damage.records == contents.records)
                #expect(damage.offset < count || count == 0)
            } else {
                whole += 1
            }
        }
        #expect(whole == 4, "the empty file and the ends of three records")
    }

    /// Some thousand damaged files: no crash, no endless loop, and no record that was not written.
    @Test func damagedFilesGiveTypedErrors() {
        var random = SeededGenerator(state: 3)
        var kinds: Set<String> = []
        for _ in 0..<6000 {
            var bytes = Self.golden
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                switch Int.random(in: 0..<4, using: &random) {
                case 0:
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] ^=
                        1 << UInt8.random(in: 0..<8, using: &random)
                case 1: bytes.removeSubrange(Int.random(in: 0..<bytes.count, using: &random)...)
                case 2:
                    bytes.insert(
                        UInt8.random(in: 0...255, using: &random),
                        at: Int.random(in: 0...bytes.count, using: &random))
                default:
                    let start = Int.random(in: 0..<bytes.count, using: &random)
                    bytes.removeSubrange(
                        start..<min(bytes.count, start + Int.random(in: 1...9, using: &random)))
                }
                if bytes.isEmpty { break }
            }
            let contents = Self.read(bytes)
            if let damage = contents.damage { kinds.insert("\(damage.kind)") }
            #expect(contents.records <= 4)
        }
        #expect(kinds == ["truncated", "checksum"])
    }

    /// Messages with right checksums and wild content, as a program with an error writes them.
    @Test func wildMessagesGiveTypedErrors() {
        var random = SeededGenerator(state: 5)
        let golden = Array(Self.golden[Self.golden.count / 2..<Self.golden.count])
        var malformed = 0
        for _ in 0..<6000 {
            var message: [UInt8] = [9, 0, 0, 0, 0, 0, 0, 240, 63]
            let count = Int.random(in: 0..<40, using: &random)
            let start = Int.random(in: 0..<golden.count, using: &random)
            var content = Array(golden[start...].prefix(count))
            for index in content.indices where Int.random(in: 0..<5, using: &random) == 0 {
                content[index] = UInt8.random(in: 0...255, using: &random)
            }
            message +=
                [0x2a, UInt8(min(127, max(0, content.count + Int.random(in: -1...1, using: &random))))]
                + content
            let contents = Self.read(Self.record(message))
            if contents.damage?.kind == .malformed { malformed += 1 }
        }
        #expect(malformed > 1000)
    }

    private static func record(_ message: [UInt8]) -> [UInt8] {
        var bytes = ProtobufWriter()
        bytes.append(UInt64(message.count))
        bytes.append(bytes.bytes.withUnsafeBytes(CRC32C.masked))
        var check = ProtobufWriter()
        check.append(message.withUnsafeBytes(CRC32C.masked))
        return bytes.bytes + message + check.bytes
    }

    /// A record that claims to be longer than any file.
    @Test func anEnormousLengthIsDamage() {
        var bytes = ProtobufWriter()
        bytes.append(UInt64.max)
        bytes.append(bytes.bytes.withUnsafeBytes(CRC32C.masked))
        #expect(Self.read(bytes.bytes + [0, 0, 0, 0]).damage?.kind == .truncated)
    }

    /// Scalars as TensorFlow 2 writes them: a tensor of one element, by content or by value.
    @Test func tensorsOfOneElementAreScalars() {
        func scalar(_ tensor: (inout ProtobufWriter) -> Void) -> Double? {
            var message = ProtobufWriter()
            tensor(&message)
            var value = ProtobufWriter()
            value.string(1, "t")
            value.message(8, message)
            var summary = ProtobufWriter()
            summary.message(1, value)
            var event = ProtobufWriter()
            event.double(1, 5)
            event.integer(2, 1)
            event.message(5, summary)
            return Self.read(Self.record(event.bytes)).scalars["t"]?[1]?.value
        }
        #expect(
            scalar {
                $0.integer(1, 1); $0.float(5, 2.5)
            } == 2.5)
        #expect(
            scalar {
                $0.integer(1, 2); $0.double(6, 0.1)
            } == 0.1)
        #expect(
            scalar {
                $0.integer(1, 3); $0.integer(7, -4)
            } == -4)
        #expect(
            scalar {
                $0.integer(1, 9); $0.integer(10, 1 << 40)
            } == 0x1p40)
        var content = ProtobufWriter()
        content.append(Float(1.5).bitPattern)
        #expect(
            scalar {
                $0.integer(1, 1); $0.message(4, content)
            } == 1.5)
        #expect(
            scalar {
                $0.integer(1, 1); $0.message(5, content)
            } == 1.5, "packed")
        var dimension = ProtobufWriter()
        dimension.integer(1, 2)
        var shape = ProtobufWriter()
        shape.message(2, dimension)
        #expect(
            scalar {
                $0.integer(1, 1); $0.message(2, shape); $0.float(5, 1)
            } == nil, "a vector")
        #expect(
            scalar {
                $0.integer(1, 7); $0.string(8, "text")
            } == nil)
    }

    @Test func restartsVoidWhatTheyRepeat() throws {
        func event(step: Int64, value: Float?, isStart: Bool = false) -> [UInt8] {
            var event = ProtobufWriter()
            event.double(1, 5)
            event.integer(2, step)
            if isStart {
                var session = ProtobufWriter()
                session.integer(1, 1)
                event.message(7, session)
            }
            if let value {
                var message = ProtobufWriter()
                message.string(1, "t")
                message.float(2, value)
                var summary = ProtobufWriter()
                summary.message(1, message)
                event.message(5, summary)
            }
            return Self.record(event.bytes)
        }
        let bytes =
            (0..<5).flatMap { event(step: $0, value: Float($0)) }
            + event(step: 2, value: nil, isStart: true) + event(step: 2, value: 20)
            + event(step: 2, value: 30)
        #expect(Self.read(bytes).scalars["t"]?.mapValues(\.value) == [0: 0, 1: 1, 2: 30])
        let negative = Self.read(event(step: -1, value: 1))
        #expect(negative.damage?.kind == .malformed)
    }

    @Test func otherFilesAreNoEventFiles() throws {
        #expect(
            Self.read(Array("not an event file at all".utf8)).damage?.reason
                == "it does not begin as an event file")
        #expect(throws: EventFileError.self) {
            try EventFileReader.read(URL(fileURLWithPath: "/nonexistent/x"))
        }
    }
}
