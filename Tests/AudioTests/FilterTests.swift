import Audio
import Foundation
import Testing

@Suite struct FilterTests {
    /// The level of a filter's response at a frequency, from its impulse response.
    private func response(_ filter: RecursiveFilter, _ frequency: Double, rate: Double) -> Double {
        var impulse = [Double](repeating: 0, count: 8192)
        impulse[0] = 1
        let output = filter.filter(impulse)
        var (real, imaginary) = (0.0, 0.0)
        for (n, value) in output.enumerated() {
            let angle = 2 * Double.pi * frequency * Double(n) / rate
            real += value * cos(angle)
            imaginary -= value * sin(angle)
        }
        return 10 * log10(real * real + imaginary * imaginary)
    }

    @Test(arguments: [1, 2, 3, 4, 7]) func butterworthEdgesAreThreeDecibelsDown(order: Int) {
        let rate = 16000.0
        let low = RecursiveFilter.butterworth(order: order, .lowPass(1000), sampleRate: rate)
        let high = RecursiveFilter.butterworth(order: order, .highPass(1000), sampleRate: rate)
        let band = RecursiveFilter.butterworth(order: order, .bandPass(500, 2000), sampleRate: rate)
        let edge = 10 * log10(0.5)
        #expect(abs(response(low, 0, rate: rate)) < 1e-9)
        #expect(abs(response(high, 8000, rate: rate)) < 1e-9)
        #expect(abs(response(low, 1000, rate: rate) - edge) < 1e-6)
        #expect(abs(response(high, 1000, rate: rate) - edge) < 1e-6)
        #expect(abs(response(band, 500, rate: rate) - edge) < 1e-6)
        #expect(abs(response(band, 2000, rate: rate) - edge) < 1e-6)
        // An octave away each order adds 6 dB, and warping a little more above.
        #expect(response(low, 2000, rate: rate) < edge - 6 * Double(order) + 4)
    }

    @Test func piecesEqualTheWhole() {
        let filter = RecursiveFilter.butterworth(order: 5, .bandPass(300, 3000), sampleRate: 16000)
        let signal = (0..<1000).map { sin(Double($0 * $0) * 1e-3) }
        var state = filter.restingState
        var pieces: [Double] = []
        for start in stride(from: 0, to: 1000, by: 77) {
            pieces += filter.filter(Array(signal[start..<min(1000, start + 77)]), state: &state)
        }
        let same = pieces == filter.filter(signal)
        #expect(same)
    }

    @Test func bothWaysKeepsConstantsAndPlaces() {
        let filter = RecursiveFilter.butterworth(order: 4, .lowPass(1000), sampleRate: 16000)
        let constant = filter.filterBothWays([Double](repeating: 3, count: 100))
        #expect(constant.allSatisfy { abs($0 - 3) < 1e-9 })
        var impulse = [Double](repeating: 0, count: 401)
        impulse[200] = 1
        let output = filter.filterBothWays(impulse)
        for n in 1..<100 { #expect(abs(output[200 + n] - output[200 - n]) < 1e-9) }
        #expect(filter.filterBothWays([]).isEmpty)
        #expect(filter.filterBothWays([1, 2]).count == 2)
    }

    @Test func reverberationTimeOfAnExponentialDecay() throws {
        let decay = (0..<16000).map { pow(10, -3 * Double($0) / 16000 / 0.5) }
        let time = try #require(ReverberationTime.estimate(decay, sampleRate: 16000))
        #expect(abs(time - 0.5) < 1e-3)
        #expect(ReverberationTime.estimate([0, 0], sampleRate: 8000) == nil)
        #expect(ReverberationTime.estimate([1, 0.5], sampleRate: 8000) == nil)
    }
}
