/// How a recording lies in time against another one of the same performance.
///
/// What the reference has at time t, the other recording has at `offset + (1 + drift * 1e-6) t`.
public struct TimeAlignment: Sendable, Hashable {
    /// Seconds; positive where the other recording is late.
    public var offset: Double
    /// Standard error of the offset, s.
    public var offsetError: Double
    /// By how much the other recording's clock runs fast, parts per million; nil where the recording is too short to
    /// tell.
    public var drift: Double?
    /// Standard error of the drift, ppm.
    public var driftError: Double?
    /// Stretches of sound on which offset and drift agree, and how many were looked at.
    public var agreeing: Int
    public var windows: Int

    public init(
        offset: Double, offsetError: Double = 0, drift: Double? = nil, driftError: Double? = nil,
        agreeing: Int = 0, windows: Int = 0
    ) {
        self.offset = offset
        self.offsetError = offsetError
        self.drift = drift
        self.driftError = driftError
        self.agreeing = agreeing
        self.windows = windows
    }

    /// The drift if it stands out of its error, else 0: correcting by a guess would do harm.
    public var certainDrift: Double {
        guard let drift, let driftError, abs(drift) > 3 * driftError else { return 0 }
        return drift
    }

    /// Where in the other recording, in samples, the reference's sample `index` lies.
    public func position(of index: Int, sampleRate: Int) -> Double {
        offset * Double(sampleRate) + (1 + certainDrift * 1e-6) * Double(index)
    }

    /// A stretch of the other recording as the reference's clock would have recorded it.
    ///
    /// - Parameters:
    ///   - range: samples on the reference's clock.
    ///   - sampleRate: Hz.
    ///   - count: samples of the other recording; beyond its ends it is silent.
    ///   - read: gives samples of the other recording; asked for ranges inside 0 ..< count only.
    public func corrected(
        _ range: Range<Int>, sampleRate: Int, count: Int, read: (Range<Int>) throws -> [Float]
    ) rethrows -> [Float] {
        guard !range.isEmpty else { return [] }
        let first = Int(position(of: range.lowerBound, sampleRate: sampleRate).rounded(.down))
        let last = Int(position(of: range.upperBound - 1, sampleRate: sampleRate).rounded(.down))
        let reach = FractionalDelay.halfLength
        let wanted = (first - reach + 1)..<(last + reach + 1)
        let inside = wanted.clamped(to: 0..<count)
        var source = [Float](repeating: 0, count: wanted.count)
        if !inside.isEmpty {
            source.replaceSubrange(
                (inside.lowerBound - wanted.lowerBound)..<(inside.upperBound - wanted.lowerBound),
                with: try read(inside))
        }
        return source.withUnsafeBufferPointer { source in
            range.map { index in
                let position = position(of: index, sampleRate: sampleRate)
                let whole = Int(position.rounded(.down))
                return FractionalDelay.shared.value(
                    of: source, at: whole - first, fraction: position - Double(whole))
            }
        }
    }
}

/// Values between samples by a Kaiser-windowed sinc of 64 taps: flat to 0.1 dB up to 0.93 of the Nyquist frequency.
struct FractionalDelay: Sendable {
    static let halfLength = 32
    static let shared = FractionalDelay()
    private static let phases = 512
    private let table: [Float]

    private init() {
        let length = 2 * Self.halfLength
        let scale = 1 / Window.besselI0(8.6)
        var table = [Float](repeating: 0, count: (Self.phases + 1) * length)
        for phase in 0...Self.phases {
            for k in 0..<length {
                let distance = Double(k - Self.halfLength + 1) - Double(phase) / Double(Self.phases)
                let relative = distance / Double(Self.halfLength)
                guard abs(relative) < 1 else { continue }
                let sinc =
                    abs(distance) < 1e-12 ? 1 : Mathematics.sine(.pi * distance) / (.pi * distance)
                table[phase * length + k] = Float(
                    sinc * Window.besselI0(8.6 * (1 - relative * relative).squareRoot()) * scale)
            }
        }
        self.table = table
    }

    /// The value `fraction` samples behind the sample that has `start + halfLength - 1` before it in the buffer; the
    /// taps cover `start ..< start + 64`.
    func value(of samples: UnsafeBufferPointer<Float>, at start: Int, fraction: Double) -> Float {
        let place = fraction * Double(Self.phases)
        let phase = min(Self.phases - 1, Int(place))
        let share = Float(place - Double(phase))
        let length = 2 * Self.halfLength
        var (lower, upper): (Float, Float) = (0, 0)
        table.withUnsafeBufferPointer { table in
            for k in 0..<length {
                lower += table[phase * length + k] * samples[start + k]
                upper += table[(phase + 1) * length + k] * samples[start + k]
            }
        }
        return lower + share * (upper - lower)
    }
}
