import Foundation
import Tensor

/// Pictures in the PNG format: 8 bits per channel, RGB.
///
/// Source: ISO/IEC 15948:2004, Portable Network Graphics.
public enum PNGFile {
    /// The bytes of a PNG file.
    public static func encode(_ picture: Raster) -> Data {
        var data = Data([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
        append(
            "IHDR", bigEndian(picture.width) + bigEndian(picture.height) + [8, 2, 0, 0, 0], to: &data)
        // Each row begins with its filter; "up" (2) suits spectrograms, whose rows resemble each other.
        var rows: [UInt8] = []
        rows.reserveCapacity(picture.height * (3 * picture.width + 1))
        for y in 0..<picture.height {
            rows.append(2)
            let start = y * picture.width * 3
            for i in start..<start + picture.width * 3 {
                let above = y > 0 ? picture.pixels[i - picture.width * 3] : 0
                rows.append(picture.pixels[i] &- above)
            }
        }
        append("IDAT", Deflate.compress(rows), to: &data)
        append("IEND", [], to: &data)
        return data
    }

    /// Writes a picture, all or nothing.
    ///
    /// - Throws: `FileWriteError`.
    public static func write(_ picture: Raster, to url: URL) throws {
        try AtomicFile.write(Array(encode(picture)), to: url.path)
    }

    private static func append(_ type: String, _ body: [UInt8], to data: inout Data) {
        let typed = Array(type.utf8) + body
        data.append(contentsOf: bigEndian(body.count))
        data.append(contentsOf: typed)
        data.append(contentsOf: bigEndian(Int(Deflate.checkSum(typed))))
    }

    private static func bigEndian(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
