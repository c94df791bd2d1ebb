/// The cascade of resonances of the vocal tract, with a pole-zero pair for the nose.
///
/// Each resonance is `y[n] = A x[n] + B y[n-1] + C y[n-2]` with `C = -exp(-2 pi bw / fs)`,
/// `B = 2 exp(-pi bw / fs) cos(2 pi f / fs)`, `A = 1 - B - C` (Klatt, *Software for a cascade/parallel formant
/// synthesizer*, JASA 67, 1980). Coefficients are set every millisecond and move in
/// straight lines between.
struct VocalTract {
    let speaker: Speaker
    let sampleRate: Int

    /// Filters the excitation in place.
    ///
    /// In Double: at high rates the lower resonances weaken the top of the spectrum by some 190 dB before the
    /// higher ones raise it again, which would bring up the rounding errors of Float.
    func filter(_ excitation: inout [Float], tracks: ArticulatoryTracks) {
        var signal = excitation.map { Double($0) }
        // Half-power bandwidths in Hz (Fant, *Vocal tract wall effects, losses and resonance bandwidths*, 1972).
        let bandwidths: [Float] = [65, 85, 130, 210]
        for formant in 0..<4 {
            let base = bandwidths[formant] * speaker.bandwidthFactor
            resonate(&signal, tracks: tracks) { place in
                let frequency = Mathematics.exponential(tracks.formants[place][formant])
                return (frequency, base * tracks.damping[place] * (1 + 0.6 * tracks.nasality[place]))
            }
        }
        for frequency in speaker.higherFormants where frequency < 0.49 * Float(sampleRate) {
            let bandwidth = (60 + 0.075 * frequency) * speaker.bandwidthFactor
            fixedResonance(&signal, frequency: frequency, bandwidth: bandwidth)
        }
        if tracks.nasality.contains(where: { $0 > 0.02 }) { nose(&signal, tracks: tracks) }
        for i in signal.indices { excitation[i] = Float(signal[i]) }
    }

    private func coefficients(_ frequency: Float, _ bandwidth: Float) -> (a: Double, b: Double, c: Double) {
        let rate = Double(sampleRate)
        let radius = Mathematics.exponential(-.pi * Double(bandwidth) / rate)
        let c = -radius * radius
        let b = 2 * radius * Mathematics.cosine(2 * .pi * min(Double(frequency), 0.49 * rate) / rate)
        return (1 - b - c, b, c)
    }

    private func resonate(
        _ signal: inout [Double], tracks: ArticulatoryTracks, _ value: (Int) -> (Float, Float)
    ) {
        let block = max(1, sampleRate / Int(ArticulatoryTracks.rate))
        let perSample = Float(ArticulatoryTracks.rate) / Float(sampleRate)
        signal.withUnsafeMutableBufferPointer { samples in
            var y1 = 0.0
            var y2 = 0.0
            let first = value(0)
            var (_, b, c) = coefficients(first.0, first.1)
            var start = 0
            while start < samples.count {
                let place = min(Int(Float(start + block) * perSample), tracks.count - 1)
                let (frequency, bandwidth) = value(place)
                let next = coefficients(frequency, bandwidth)
                // Straight lines between the values: steps would sound at multiples of 1 kHz.
                let (stepB, stepC) = ((next.b - b) / Double(block), (next.c - c) / Double(block))
                for i in start..<min(start + block, samples.count) {
                    b += stepB
                    c += stepC
                    let y = (1 - b - c) * samples[i] + c * y2 + b * y1
                    y2 = y1
                    y1 = y
                    samples[i] = y
                }
                (b, c) = (next.b, next.c)
                start += block
            }
        }
    }

    private func fixedResonance(_ signal: inout [Double], frequency: Float, bandwidth: Float) {
        let (a, b, c) = coefficients(frequency, bandwidth)
        signal.withUnsafeMutableBufferPointer { samples in
            var y1 = 0.0
            var y2 = 0.0
            for i in samples.indices {
                let y = a * samples[i] + c * y2 + b * y1
                y2 = y1
                y1 = y
                samples[i] = y
            }
        }
    }

    /// A pole at 270 Hz that a zero cancels while the velum is closed; the zero rises as it opens.
    private func nose(_ signal: inout [Double], tracks: ArticulatoryTracks) {
        let block = max(1, sampleRate / Int(ArticulatoryTracks.rate))
        let perSample = Float(ArticulatoryTracks.rate) / Float(sampleRate)
        let pole: Float = 270 * speaker.formantScale
        let (pa, pb, pc) = coefficients(pole, 100)
        signal.withUnsafeMutableBufferPointer { samples in
            var (x1, x2, y1, y2) = (0.0, 0.0, 0.0, 0.0)
            var (_, b, c) = coefficients(pole * (1 + 0.8 * tracks.nasality[0]), 100)
            var start = 0
            while start < samples.count {
                let place = min(Int(Float(start + block) * perSample), tracks.count - 1)
                let next = coefficients(pole * (1 + 0.8 * tracks.nasality[place]), 100)
                let (stepB, stepC) = ((next.b - b) / Double(block), (next.c - c) / Double(block))
                for i in start..<min(start + block, samples.count) {
                    b += stepB
                    c += stepC
                    let x = samples[i]
                    let y = pa / (1 - b - c) * (x - b * x1 - c * x2) + pb * y1 + pc * y2
                    x2 = x1
                    x1 = x
                    y2 = y1
                    y1 = y
                    samples[i] = y
                }
                (b, c) = (next.b, next.c)
                start += block
            }
        }
    }
}
