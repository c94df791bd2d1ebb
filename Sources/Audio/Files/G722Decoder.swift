import Foundation

/// Decodes G.722 at 64 kbit/s: 16 kHz, mono, two samples from each byte.
///
/// The low half band has 6 bits a sample, the high one 2; each is adaptive differential PCM with a predictor of
/// two poles and six zeros. A 24-tap quadrature mirror filter joins the bands. All arithmetic is that of the
/// recommendation, so the output is the same on every machine.
///
/// Source: ITU-T G.722 (09/2012), clauses 4 and 6; names of blocks and tables in the comments are those of clause 6.2.
public struct G722Decoder: Sendable {
    /// In hertz.
    public static let sampleRate = 16000

    private var low = G722Band(scale: 32)
    private var high = G722Band(scale: 8)
    /// Sums and differences of the last 12 pairs of band samples, newest last.
    private var history = [Int](repeating: 0, count: 24)

    public init() {}

    /// Decodes a whole file; it has no header, so the name alone says that it is G.722.
    ///
    /// - Throws: `AudioFileError` when the file is missing or empty.
    public static func read(_ url: URL) throws -> Waveform {
        guard FileManager.default.fileExists(atPath: url.path) else {
            throw AudioFileError.notFound(path: url.path)
        }
        guard let data = try? Data(contentsOf: url) else {
            throw AudioFileError.unreadable(path: url.path, reason: "its bytes cannot be read")
        }
        guard !data.isEmpty else { throw AudioFileError.empty(path: url.path) }
        var decoder = G722Decoder()
        return Waveform(
            sampleRate: sampleRate, mono: decoder.decode(Array(data)).map { Float($0) / 32768 })
    }

    /// The next samples, two for each byte.
    public mutating func decode(_ bytes: [UInt8]) -> [Int16] {
        var samples: [Int16] = []
        samples.reserveCapacity(2 * bytes.count)
        for byte in bytes {
            let lowCode = Int(byte & 0x3f)
            let highCode = Int(byte >> 6)
            // The predictor of the low band sees 4 of the 6 bits, so that lower rates stay in step.
            let coarse = (low.scale * G722Tables.quantiser4[lowCode >> 2]) >> 15
            let fine = (low.scale * G722Tables.quantiser6[lowCode]) >> 15
            let lowSample = limit(low.prediction + fine, -16384, 16383)
            low.adapt(
                logarithmStep: G722Tables.lowLogarithm[lowCode >> 2], limit: 18432, shift: 8,
                difference: coarse)
            let difference = (high.scale * G722Tables.quantiser2[highCode]) >> 15
            let highSample = limit(high.prediction + difference, -16384, 16383)
            high.adapt(
                logarithmStep: G722Tables.highLogarithm[highCode], limit: 22528, shift: 10,
                difference: difference)
            history.removeFirst(2)
            history.append(lowSample + highSample)
            history.append(lowSample - highSample)
            var even = 0
            var odd = 0
            for tap in 0..<12 {
                odd += history[2 * tap] * G722Tables.mirrorFilter[tap]
                even += history[2 * tap + 1] * G722Tables.mirrorFilter[11 - tap]
            }
            samples.append(Int16(saturated(even >> 11)))
            samples.append(Int16(saturated(odd >> 11)))
        }
        return samples
    }
}

/// The state of one half band: quantiser scale and predictor.
private struct G722Band: Sendable {
    /// DET: the quantiser's step.
    private(set) var scale: Int
    /// S: what the predictor expects next.
    private(set) var prediction = 0
    /// NB: the logarithm of the step.
    private var logarithm = 0
    /// SZ: the zeros' part of the prediction.
    private var zeroPart = 0
    /// AL, the poles' coefficients, and BL, the zeros'.
    private var poles = (0, 0)
    private var zeros = [Int](repeating: 0, count: 6)
    /// The last reconstructed signals, partial reconstructions, and differences, newest first.
    private var reconstructed = (0, 0)
    private var partial = (0, 0)
    private var differences = [Int](repeating: 0, count: 6)

    init(scale: Int) { self.scale = scale }

    /// Takes the quantised difference of this sample and predicts the next.
    mutating func adapt(logarithmStep: Int, limit bound: Int, shift: Int, difference: Int) {
        // LOGSCL, SCALEL (LOGSCH, SCALEH)
        logarithm = limit(((logarithm * 127) >> 7) + logarithmStep, 0, bound)
        let mantissa = G722Tables.inverseLogarithm[(logarithm >> 6) & 31]
        let places = shift - (logarithm >> 11)
        scale = (places < 0 ? mantissa << -places : mantissa >> places) << 2

        // RECONS, PARREC
        let newReconstructed = saturated(prediction + difference)
        let newPartial = saturated(zeroPart + difference)

        // UPPOL2, UPPOL1
        let sameAsLast = (newPartial < 0) == (partial.0 < 0)
        let sameAsBefore = (newPartial < 0) == (partial.1 < 0)
        let turned = sameAsLast ? -saturated(poles.0 * 4) : saturated(poles.0 * 4)
        let second = limit(
            (min(turned, 32767) >> 7) + (sameAsBefore ? 128 : -128) + ((poles.1 * 32512) >> 15), -12288, 12288
        )
        let room = saturated(15360 - second)
        let first = limit(saturated((sameAsLast ? 192 : -192) + ((poles.0 * 32640) >> 15)), -room, room)

        // UPZERO
        let step = difference == 0 ? 0 : 128
        for index in zeros.indices {
            let isSame = (differences[index] < 0) == (difference < 0)
            zeros[index] = saturated((isSame ? step : -step) + ((zeros[index] * 32640) >> 15))
        }

        // DELAYA
        poles = (first, second)
        reconstructed = (newReconstructed, reconstructed.0)
        partial = (newPartial, partial.0)
        differences.removeLast()
        differences.insert(difference, at: 0)

        // FILTEP, FILTEZ, PREDIC
        let polePart = saturated(
            ((poles.0 * saturated(2 * reconstructed.0)) >> 15)
                + ((poles.1 * saturated(2 * reconstructed.1)) >> 15))
        var sum = 0
        for index in zeros.indices { sum += (zeros[index] * saturated(2 * differences[index])) >> 15 }
        zeroPart = saturated(sum)
        prediction = saturated(polePart + zeroPart)
    }
}

@inline(__always)
private func limit(_ value: Int, _ lowest: Int, _ highest: Int) -> Int {
    min(max(value, lowest), highest)
}

/// The value in 16 bits.
@inline(__always)
private func saturated(_ value: Int) -> Int { limit(value, -32768, 32767) }

/// The tables of clause 6.2, indexed by code.
private enum G722Tables {
    /// QQ6: the low band's levels at 6 bits.
    static let quantiser6: [Int] = {
        let levels = [
            24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576,
            6000, 5456, 4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136,
        ]
        // Codes 0 to 3 are not used by encoders at this rate and decode like the smallest negative level.
        return [-136, -136, -136, -136] + levels.dropLast(2).map(-) + levels + [-432, -136]
    }()
    /// QQ4: the low band's levels at 4 bits.
    static let quantiser4: [Int] = {
        let levels = [20456, 12896, 8968, 6288, 4240, 2584, 1200]
        return [0] + levels.map(-) + levels + [0]
    }()
    /// QQ2: the high band's levels at 2 bits.
    static let quantiser2 = [-7408, -1616, 7408, 1616]
    /// WL by 4-bit code (with RL42).
    static let lowLogarithm: [Int] = {
        let steps = [-60, -30, 58, 172, 334, 538, 1198, 3042]
        let places = [0, 7, 6, 5, 4, 3, 2, 1, 7, 6, 5, 4, 3, 2, 1, 0]
        return places.map { steps[$0] }
    }()
    /// WH by 2-bit code (with IH2).
    static let highLogarithm = [798, -214, 798, -214]
    /// ILB: 2048 * 2^(index / 32).
    static let inverseLogarithm = [
        2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834,
        2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
    ]
    /// H of the receiving quadrature mirror filter, every second tap.
    static let mirrorFilter = [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11]
}
