import Audio
import Foundation

@testable import Datasets

/// Small recordings and packages for tests.
enum Samples {
    /// A tone with a rate, duration and amplitude of its own.
    static func tone(
        seconds: Double, frequency: Double = 440, amplitude: Float = 0.3, rate: Int = 16000
    ) -> [Float] {
        (0..<Int(seconds * Double(rate))).map {
            amplitude * Float(sin(2 * .pi * frequency * Double($0) / Double(rate)))
        }
    }

    static func write(_ channels: [[Float]], rate: Int = 16000, to file: URL) throws {
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try AudioFile.write(Waveform(sampleRate: rate, channels: channels), to: file)
    }

    static func write(_ samples: [Float], rate: Int = 16000, to file: URL) throws {
        try write([samples], rate: rate, to: file)
    }

    /// Builds `NAME_VERSION_all.deb` of a tree of files; false where the tool is missing.
    static func buildPackage(_ name: String, version: String, of tree: URL, into folder: URL) throws {
        let control = tree.appending(path: "DEBIAN")
        try FileManager.default.createDirectory(at: control, withIntermediateDirectories: true)
        let text = """
            Package: \(name)
            Version: \(version)
            Architecture: all
            Maintainer: Nobody <nobody@example.org>
            Description: recordings for a test

            """
        try Data(text.utf8).write(to: control.appending(path: "control"))
        let documents = tree.appending(path: "usr/share/doc/\(name)")
        try FileManager.default.createDirectory(at: documents, withIntermediateDirectories: true)
        try Data("Copyright: nobody; do what you like\n".utf8).write(
            to: documents.appending(path: "copyright"))
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let outcome = try Tool.run(
            "dpkg-deb",
            [
                "-Znone", "--root-owner-group", "-b", tree.path,
                folder.appending(path: "\(name)_\(version)_all.deb").path,
            ])
        guard outcome.status == 0 else { throw DatasetError.package(outcome.reason) }
    }

    /// A zip file with one stored and one deflated entry, made by `zip` of the format's description; the deflated
    /// stream is one block without compression (RFC 1951, 3.2.4).
    static func zip(_ entries: [(name: String, content: [UInt8], isDeflated: Bool)]) -> [UInt8] {
        func bytes(_ value: Int, _ width: Int) -> [UInt8] {
            (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for entry in entries {
            let length = entry.content.count
            let block = [1] + bytes(length, 2) + bytes(~length & 0xffff, 2) + entry.content
            let packed = entry.isDeflated ? block : entry.content
            let facts =
                bytes(20, 2) + bytes(0, 2) + bytes(entry.isDeflated ? 8 : 0, 2) + bytes(0, 4)
                + bytes(Int(Deflate.checkSum(entry.content)), 4) + bytes(packed.count, 4) + bytes(length, 4)
                + bytes(entry.name.utf8.count, 2) + bytes(0, 2)
            directory +=
                bytes(0x0201_4b50, 4) + bytes(20, 2) + facts + bytes(0, 2) + bytes(0, 2) + bytes(0, 2)
                + bytes(0, 4) + bytes(file.count, 4) + Array(entry.name.utf8)
            file += bytes(0x0403_4b50, 4) + facts + Array(entry.name.utf8) + packed
        }
        let start = file.count
        return file + directory + bytes(0x0605_4b50, 4) + bytes(0, 4) + bytes(entries.count, 2)
            + bytes(entries.count, 2) + bytes(directory.count, 4) + bytes(start, 4) + bytes(0, 2)
    }

    /// A sound archive of OpenTTD with one RIFF file for each content.
    static func cat(_ sounds: [[UInt8]]) -> [UInt8] {
        func bytes(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        var table: [UInt8] = []
        var body: [UInt8] = []
        for sound in sounds {
            table += bytes((8 * sounds.count + body.count) | 0x8000_0000) + bytes(sound.count)
            body += [5] + Array("title".utf8) + sound + [4] + Array("name".utf8)
        }
        return table + body
    }
}
