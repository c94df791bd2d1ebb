import Foundation

/// A sound archive of Transport Tycoon and OpenTTD: a table of offsets and sizes, then for each sound its title and
/// a RIFF file. Files are named by their place, `00.wav`, `01.wav` and so on.
struct CatArchive: Archive {
    let names: [String]
    private let sounds: [String: Range<Int>]
    private let reader: ByteReader
    private let path: String

    init(_ data: Data, path: String) throws {
        let reader = ByteReader(data)
        self.reader = reader
        self.path = path
        func damaged(_ reason: String) -> DatasetError {
            .corrupt("\(path): \(reason); expected a complete sound archive")
        }
        // The highest bit of an offset marks newer files; the first offset ends the table.
        guard let first = reader.number(at: 0, width: 4).map({ $0 & 0x7fff_ffff }), first >= 8,
            first % 8 == 0,
            first < reader.count
        else { throw damaged("it has no table of sounds") }
        var names: [String] = []
        var sounds: [String: Range<Int>] = [:]
        for index in 0..<first / 8 {
            guard let offset = reader.number(at: 8 * index, width: 4).map({ $0 & 0x7fff_ffff }),
                let titleLength = reader.number(at: offset, width: 1),
                case let start = offset + 1 + titleLength,
                let size = reader.number(at: start + 4, width: 4).map({ $0 + 8 }),
                reader.number(at: start, width: 4) == 0x4646_4952, start + size <= reader.count
            else { throw damaged("sound \(index) is damaged or cut off") }
            let digits = String(index)
            let name = (digits.count < 2 ? "0" : "") + digits + ".wav"
            names.append(name)
            sounds[name] = start..<start + size
        }
        self.names = names
        self.sounds = sounds
    }

    func content(of name: String) throws -> [UInt8] {
        guard let range = sounds[name], let bytes = reader.bytes(at: range.lowerBound, count: range.count)
        else { throw DatasetError.notFound("\(path): holds no file \(name)") }
        return bytes
    }
}
