import Tensor

/// The voice source: one pulse of glottal flow a period, and breath.
///
/// The derivative of the flow is that of the polynomial `t^2 - t^q` on the open part of the period
/// (q = 3 is the KLGLOTT88 pulse of D. and L. Klatt, JASA 87, 1990; larger q closes faster). The jump at
/// closure is band-limited; a first-order low-pass models the return phase.
struct GlottalSource {
    /// Excitation of the vocal tract.
    var excitation: [Float]
    /// Opening of the glottis, 0 ... 1, that modulates noises.
    var opening: [Float]

    init(
        tracks: ArticulatoryTracks, intonation: Intonation, speaker: Speaker,
        creaks: [(start: Double, end: Double)], count: Int, sampleRate: Int, stream: RandomStream
    ) {
        var stream = stream
        excitation = [Float](repeating: 0, count: count)
        opening = [Float](repeating: 0.5, count: count)
        pulses(
            tracks: tracks, intonation: intonation, speaker: speaker, creaks: creaks, sampleRate: sampleRate,
            stream: &stream)
        let rate = Float(sampleRate)
        let block = max(1, sampleRate / Int(ArticulatoryTracks.rate))
        let perSample = Float(ArticulatoryTracks.rate) / rate
        var noise = NoiseSource(stream.fork("aspiration"))
        // White noise of equal density at every rate; levels are given for 16 kHz.
        let density = (rate / 16000).squareRoot()
        var state: Float = 0
        excitation.withUnsafeMutableBufferPointer { signal in
            opening.withUnsafeBufferPointer { opening in
                var start = 0
                while start < count {
                    let position = min(Int(Float(start) * perSample), tracks.count - 2)
                    let corner = Mathematics.exponential(tracks.brightness[position])
                    let k = 1 - Mathematics.exponential(-2 * .pi * min(corner, 0.45 * rate) / rate)
                    let breath = tracks.aspiration[position]
                    let step = (tracks.aspiration[position + 1] - breath) / Float(block)
                    for i in start..<min(start + block, count) {
                        state += k * (signal[i] - state)
                        let level = (breath + step * Float(i - start)) * density
                        signal[i] = state
                        if level > 1e-5 { signal[i] += noise.next() * level * (0.35 + opening[i]) }
                    }
                    start += block
                }
            }
        }
    }

    private mutating func pulses(
        tracks: ArticulatoryTracks, intonation: Intonation, speaker: Speaker,
        creaks: [(start: Double, end: Double)], sampleRate: Int, stream: inout RandomStream
    ) {
        let count = excitation.count
        let rate = Double(sampleRate)
        let step = BandLimitedStep()
        let skew = speaker.skew
        var time = stream.uniform(0...0.005) * rate
        var odd = false
        excitation.withUnsafeMutableBufferPointer { signal in
            opening.withUnsafeMutableBufferPointer { opening in
                while time < Double(count) {
                    let seconds = time / rate
                    let place = min(Int(seconds * ArticulatoryTracks.rate), tracks.count - 1)
                    let voicing = tracks.voicing[place]
                    guard voicing > 0.004 else {
                        time += 0.002 * rate
                        continue
                    }
                    var period = rate / intonation.frequency(at: seconds)
                    var amplitude = voicing * Float(1 + speaker.shimmer * stream.gaussian())
                    period *= 1 + speaker.jitter * stream.gaussian()
                    // A weaker voice closes less abruptly: the open part grows.
                    var open = min(speaker.openQuotient + 0.2 * Double(max(0, 0.6 - voicing)), 0.9)
                    if creaks.contains(where: { seconds >= $0.start && seconds < $0.end }) {
                        odd.toggle()
                        period *= (odd ? 1.45 : 1.8) * (1 + 0.08 * stream.gaussian())
                        amplitude *= odd ? 0.55 : 0.85
                        open *= 0.6
                    }
                    period = min(max(period, rate / 700), rate / 25)
                    let width = open * period
                    let first = Int(time.rounded(.up))
                    let last = min(Int((time + width).rounded(.down)), count - 1)
                    let scale = Float(1 / width)
                    if first <= last {
                        for i in first...last {
                            let t = (Float(i) - Float(time)) * scale
                            let t2 = t * t
                            // Derivatives of t^2 - t^3 and of (t^2 - t^5) / 3, both -1 at closure.
                            let soft = 2 * t - 3 * t2
                            let steep = (2 * t - 5 * t2 * t2) * (1.0 / 3)
                            signal[i] += amplitude * (soft + skew * (steep - soft))
                            opening[i] = min(1, 6.75 * t2 * (1 - t))
                        }
                        step.correct(signal, at: time + width, height: amplitude)
                    }
                    if last + 1 < count {
                        for i in max(last + 1, 0)..<min(count, max(last + 1, Int(time + period))) {
                            opening[i] = 0
                        }
                    }
                    time += period
                }
            }
        }
    }
}
