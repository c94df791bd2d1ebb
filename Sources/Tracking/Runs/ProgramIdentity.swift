import Foundation
import Hashing

/// Which program this is: equal for equal builds, different for different ones.
public enum ProgramIdentity {
    /// The build's identity that the linker left in the program, else the SHA-256 of the program's file; nil where the
    /// system does not show it. Hexadecimal digits. Libraries that are loaded at the start are no part of it.
    public static let current: String? = {
        let path = "/proc/self/exe"
        guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? handle.close() }
        return buildID(of: handle) ?? (try? SHA256.hex(ofFile: URL(fileURLWithPath: path)))
    }()

    /// The note `NT_GNU_BUILD_ID` of a 64-bit ELF file in this machine's byte order; nil if it has none.
    ///
    /// Source: System V Application Binary Interface, chapter 5 (program header, note section); elf(5).
    static func buildID(of file: FileHandle) -> String? {
        guard let header = read(64, at: 0, of: file), header.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2]),
            let table = read(
                number(header, 56, 2) * number(header, 54, 2), at: number(header, 32, 8), of: file)
        else { return nil }
        let entrySize = number(header, 54, 2)
        guard entrySize >= 56 else { return nil }
        for start in stride(from: 0, to: table.count - entrySize + 1, by: entrySize)
        where number(table, start, 4) == Self.noteSegment {
            let (offset, size) = (number(table, start + 8, 8), number(table, start + 32, 8))
            guard size <= 1 << 16, let notes = read(size, at: offset, of: file) else { continue }
            if let found = buildID(in: notes) { return found }
        }
        return nil
    }

    private static let noteSegment = 4
    private static let buildIDNote = 3

    /// Each note: the sizes of its name and content, its type, then both, padded to four bytes.
    private static func buildID(in notes: [UInt8]) -> String? {
        var place = 0
        while place + 12 <= notes.count {
            let nameSize = number(notes, place, 4)
            let contentSize = number(notes, place + 4, 4)
            let name = place + 12
            let content = name + (nameSize + 3) / 4 * 4
            guard content + contentSize <= notes.count else { return nil }
            if number(notes, place + 8, 4) == buildIDNote, notes[name...].starts(with: Array("GNU\0".utf8)) {
                return notes[content..<content + contentSize].map { byte in
                    let digits = String(byte, radix: 16)
                    return digits.count == 1 ? "0" + digits : digits
                }.joined()
            }
            place = content + (contentSize + 3) / 4 * 4
        }
        return nil
    }

    private static func read(_ count: Int, at offset: Int, of file: FileHandle) -> [UInt8]? {
        guard count > 0, (try? file.seek(toOffset: UInt64(offset))) != nil,
            let data = try? file.read(upToCount: count), data.count == count
        else { return nil }
        return [UInt8](data)
    }

    /// An unsigned number, least significant byte first; one that does not fit counts as 0.
    private static func number(_ bytes: [UInt8], _ place: Int, _ size: Int) -> Int {
        let value = bytes[place..<place + size].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Int(exactly: value) ?? 0
    }
}
