import Foundation
import Tensor
import Testing

@testable import Audio

@Suite struct ShoeboxRoomTests {
    private func room(_ t60: Double, size: SIMD3<Double> = SIMD3(4, 5, 2.7)) -> ShoeboxRoom {
        ShoeboxRoom(size: size, t60: t60, source: SIMD3(1.2, 2, 1.5), microphone: SIMD3(2, 2.6, 0.9))
    }

    @Test(arguments: [0.2, 0.35, 0.6]) func decaysAsAsked(t60: Double) throws {
        for size in [SIMD3(4, 5, 2.7), SIMD3(7, 9, 3)] {
            let response = room(t60, size: size).response(
                sampleRate: 16000, stream: RandomStream(key: "room"))
            let found = try #require(
                ReverberationTime.estimate(response.map(Double.init), sampleRate: 16000))
            #expect(abs(found / t60 - 1) < 0.2, "\(size): \(found) for \(t60)")
        }
    }

    /// The first reflections of the walls, by hand: mirror the source and measure the way.
    @Test func reflectionsComeWhenGeometrySays() {
        let room = room(0.5)
        let response = room.response(sampleRate: 48000, stream: RandomStream(key: "room"))
        #expect(response[0] == 1)
        let floor = SIMD3(room.source.x, room.source.y, -room.source.z)
        let way = ((floor - room.microphone) * (floor - room.microphone)).sum().squareRoot()
        let place = Int(((way - room.distance) / ShoeboxRoom.speedOfSound * 48000).rounded())
        let expected = room.reflection * room.distance / way
        let near = response[place - 2...place + 2].map { abs($0) }.max() ?? 0
        #expect(abs(Double(near) / expected - 1) < 0.25, "\(near) for \(expected)")
        // Nothing before it but the direct sound's own ringing.
        #expect(response[20..<place - 20].allSatisfy { abs($0) < 0.3 * near })
    }

    @Test func sameKeySameRoomAndShorterIsDrier() {
        let first = room(0.4).response(sampleRate: 16000, stream: RandomStream(key: "a"))
        #expect(first == room(0.4).response(sampleRate: 16000, stream: RandomStream(key: "a")))
        func late(_ t60: Double) -> Float {
            room(t60).response(sampleRate: 16000, stream: RandomStream(key: "a")).dropFirst(1)
                .reduce(0) { $0 + $1 * $1 }
        }
        #expect(late(0.1) < late(0.3) && late(0.3) < late(0.8))
    }
}
