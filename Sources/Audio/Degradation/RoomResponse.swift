import Tensor

/// A random impulse response of a small room whose direct sound arrives at once, with unit gain.
///
/// `h[0] = 1`; from 3 ms on Gaussian noise whose envelope falls by 60 dB in `t60`, and four reflections
/// within 17 ms, together scaled so that the energy of h[0] over that of the rest is the
/// direct-to-reverberant ratio.
enum RoomResponse {
    /// - Parameters:
    ///   - t60: Reverberation time in s.
    ///   - directToReverberant: dB; infinity gives an anechoic room.
    static func make(
        t60: Double, directToReverberant: Double, sampleRate: Int, stream: RandomStream
    ) -> [Float] {
        var stream = stream
        let rate = Double(sampleRate)
        let first = max(1, Int(0.003 * rate))
        let count = max(Int(t60 * rate), Int(0.018 * rate) + 1)
        var noise = NoiseSource(stream.fork("tail"))
        var response = [Float](repeating: 0, count: count)
        let decay = Float(Mathematics.exponential(-3 * Mathematics.logarithm(10) / (max(t60, 1e-3) * rate)))
        var envelope: Float = 1
        for i in first..<count {
            response[i] = noise.next() * envelope
            envelope *= decay
        }
        for _ in 0..<4 {
            let place = first + stream.integer(0..<max(1, Int(0.014 * rate)))
            let sign: Double = stream.chance(0.5) ? 1 : -1
            // A reflection stands out of the diffuse field by some 10 to 20 dB.
            response[place] += Float(sign * stream.uniform(3...10))
        }
        var energy = 0.0
        for x in response { energy += Double(x * x) }
        let gain = Float((Mathematics.power(10, -directToReverberant / 10) / energy).squareRoot())
        for i in response.indices { response[i] *= gain }
        response[0] = 1
        return response
    }
}
