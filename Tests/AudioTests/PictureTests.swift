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

@Suite struct SeriesPictureTests {
    private func isColoured(_ picture: Raster, _ x: Int, _ y: Int) -> Bool { picture[x, y] != .white }

    /// A rising line, a moment and a map: each where its axis says.
    @Test func whatIsDrawnLiesWhereItsAxisSays() {
        let picture = SeriesPicture(width: 100, height: 100).draw(
            [
                .init(
                    "line", vertical: .init(0...10), curves: [.init((0...10).map(Double.init), step: 1)],
                    moments: [2.5]),
                .init(
                    "map", vertical: .init(0...2),
                    map: .init([0, 1, 1, 0], width: 2, start: 2.5, step: 5, colours: 0...1)
                ),
            ], horizontal: .init(0...10))
        #expect(picture.width == 160 && picture.height == 2 * 142)
        let (left, top) = (44, 20)
        for share in stride(from: 0.05, through: 0.95, by: 0.1) {
            let (x, y) = (left + Int(share * 99), top + 99 - Int(share * 99))
            #expect((y - 2...y + 2).contains { isColoured(picture, x, $0) }, "\(share)")
        }
        #expect(!isColoured(picture, left + 80, top + 80) && !isColoured(picture, left + 50, top + 10))
        #expect((top..<top + 100).allSatisfy { isColoured(picture, left + 24, $0) })
        // Two frames of two numbers: light where they are 1, the first number below.
        func light(_ x: Int, _ y: Int) -> Int { Int(picture[left + x, 142 + top + y].green) }
        #expect(light(25, 25) > 200 && light(25, 75) < 30 && light(75, 25) < 30 && light(75, 75) > 200)
    }

    @Test func valuesThatAreNotFiniteLeaveGaps() {
        let picture = SeriesPicture(width: 100, height: 100).draw(
            [
                .init(
                    "gap", vertical: .init(0...1),
                    curves: [.init([0.5, 0.5, .nan, .infinity, 0.5, 0.5], step: 1)])
            ],
            horizontal: .init(0...5))
        let row = (0..<100).map { x in (68...71).contains { isColoured(picture, 44 + x, $0) } }
        #expect(row[5] && row[15] && row[90])
        #expect((24..<76).allSatisfy { x in (20..<120).allSatisfy { !isColoured(picture, 44 + x, $0) } })
    }

    @Test func axesHaveRoomAroundWhateverValues() {
        #expect(SeriesPicture.Axis.around([]).range == 0...1)
        #expect(SeriesPicture.Axis.around([.nan, 3, 3]).range.contains(3))
        let range = SeriesPicture.Axis.around([-1, 1, .infinity]).range
        #expect(range.lowerBound < -1 && range.upperBound > 1 && range.upperBound < 2)
    }
}
