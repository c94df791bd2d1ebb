/// Why a level or a psychoacoustic quantity is not defined for a signal.
public enum SoundMeasurementError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A sample is infinite or not a number.
    case notFinite(quantity: String, channel: Int, sample: Int)
    /// Fewer samples than the quantity is defined for.
    case tooShort(quantity: String, samples: Int, needed: Int)
    /// Nothing rises above the silence that the quantity leaves out.
    case silent(quantity: String, threshold: String)
    /// The quantity needs another number of channels, or one weight for each.
    case channels(quantity: String, count: Int, accepted: String)
    /// The sampling rate carries too little of the sound.
    case sampleRate(quantity: String, rate: Int, accepted: String)

    public var description: String {
        switch self {
        case .notFinite(let quantity, let channel, let sample):
            "\(quantity): sample \(sample) of channel \(channel) is not a finite number"
        case .tooShort(let quantity, let samples, let needed):
            "\(quantity): the signal has \(samples) samples; at least \(needed) are needed"
        case .silent(let quantity, let threshold):
            "\(quantity): the signal is silent; something above \(threshold) is needed"
        case .channels(let quantity, let count, let accepted):
            "\(quantity): the signal has \(count) channels; accepted: \(accepted)"
        case .sampleRate(let quantity, let rate, let accepted):
            "\(quantity): the sampling rate is \(rate) Hz; accepted: \(accepted)"
        }
    }

    /// Refuses samples that are not finite.
    static func check(_ samples: [Float], channel: Int = 0, for quantity: String) throws(Self) {
        // A sum of x - x is zero exactly when all are finite, and needs no branch a sample.
        var sum: Float = 0
        for x in samples { sum += x - x }
        if sum == 0 { return }
        let place = samples.firstIndex { !$0.isFinite } ?? 0
        throw .notFinite(quantity: quantity, channel: channel, sample: place)
    }

    /// Refuses signals of fewer than `needed` samples.
    static func check(count: Int, needed: Int, for quantity: String) throws(Self) {
        if count < needed { throw .tooShort(quantity: quantity, samples: count, needed: needed) }
    }
}
