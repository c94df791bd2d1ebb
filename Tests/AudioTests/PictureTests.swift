import Audio
import Foundation
import Testing

@Suite struct PictureTests {
    private func big(_ data: Data, _ offset: Int) -> Int {
        (0..<4).reduce(0) { $0 << 8 | Int(data[offset + $1]) }
    }

    @Test func fileHasTheStructureOfPNG() {
        let data = PNGFile.encode(Raster(width: 3, height: 2, fill: Colour(1, 2, 3)))
        #expect(Array(data.prefix(8)) == [137, 80, 78, 71, 13, 10, 26, 10])
        var offset = 8
        var types: [String] = []
        while offset < data.count {
            types.append(String(decoding: data[offset + 4..<offset + 8], as: UTF8.self))
            offset += 12 + big(data, offset)
        }
        #expect(offset == data.count && types == ["IHDR", "IDAT", "IEND"])
        #expect(big(data, 16) == 3 && big(data, 20) == 2 && data[24] == 8 && data[25] == 2)
        // The checksum of the empty last chunk is the same in every PNG file.
        #expect(Array(data.suffix(4)) == [0xae, 0x42, 0x60, 0x82])
    }

    @Test func panelsShareOneScaleAndATonesRowIsBright() {
        let tone = (0..<16000).map { 0.5 * sin(Float($0) * 2 * .pi * 2000 / 16000) }
        let picture = SpectrogramPicture(panelWidth: 200, panelHeight: 100).draw(
            [.init("degraded", tone.map { $0 / 1000 }), .init("target", tone)], sampleRate: 16000)
        #expect(picture.width == 252 && picture.height == 272)
        func brightness(_ x: Int, _ y: Int) -> Int {
            let colour = picture[x, y]
            return Int(colour.red) + Int(colour.green) + Int(colour.blue)
        }
        // 2 kHz of 8 kHz: a quarter from the bottom of each panel; the first is 60 dB lower.
        #expect(brightness(140, 136 + 18 + 74) > 650)
        #expect((1..<300).contains(brightness(140, 18 + 74)))
        #expect(brightness(140, 136 + 18 + 20) < 60)
    }

    @Test func sideBySideIsWide() {
        let picture = SpectrogramPicture(panelWidth: 64, panelHeight: 32, arrangement: .sideBySide).draw(
            [.init("a", [0, 0, 0]), .init("b", []), .init("c", [1])], sampleRate: 8000)
        #expect(picture.width == 3 * (64 + 52) && picture.height == 68)
    }

    @Test func unwritablePlaceIsAnErrorInOneLine() {
        let url = URL(filePath: "/no/such/folder/picture.png")
        do {
            try PNGFile.write(Raster(width: 2, height: 2), to: url)
            Issue.record("written into a folder that does not exist")
        } catch {
            #expect("\(error)".hasPrefix(url.path + ": ") && !"\(error)".contains("\n"))
        }
    }
}
