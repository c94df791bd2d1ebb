import Tensor

/// Finds offset and clock drift between two recordings of one performance.
///
/// A coarse search correlates two seconds of the reference with all of the other recording that may match. Then the
/// delay is measured in many short windows, to a fraction of a sample, and a straight line through the delays gives
/// offset and drift. The line is found by the median of slopes (Theil and Sen) and refined by least squares over
/// the windows that lie on it, so windows with noise or silence do no harm. Where there is drift, all is measured once
/// more on the corrected recording: within a window drift shifts the delay with the place of its loudest sounds.
public struct AlignmentEstimator: Sendable {
    /// Hz, of both recordings.
    public let sampleRate: Int
    /// Largest offset that is looked for, s; default 2.
    public var maximumOffset: Double
    /// Largest drift, ppm; default 500. The clocks of phones and recorders differ by up to some 100 ppm.
    public var maximumDrift: Double
    /// Length of a window, s.
    private let window = 1.0
    private let mostWindows = 48
    /// Smallest peak of a correlation over its RMS that counts as a match.
    private let smallestPeakRatio = 6.0

    public init(sampleRate: Int, maximumOffset: Double = 2, maximumDrift: Double = 500) {
        require(sampleRate > 0, "[align] the sampling rate must be positive, is \(sampleRate) Hz")
        require(
            maximumOffset >= 0 && maximumDrift >= 0,
            "[align] bounds must not be negative: \(maximumOffset) s, \(maximumDrift) ppm")
        self.sampleRate = sampleRate
        self.maximumOffset = maximumOffset
        self.maximumDrift = maximumDrift
    }

    /// Samples of a recording, asked for in ranges that lie inside it, so that long ones need not be in memory.
    public struct Source {
        public let count: Int
        let read: (Range<Int>) throws -> [Float]

        public init(count: Int, read: @escaping (Range<Int>) throws -> [Float]) {
            self.count = count
            self.read = read
        }

        public init(_ samples: [Float]) {
            self.init(count: samples.count) { Array(samples[$0]) }
        }
    }

    /// - Returns: nil where the recordings have nothing in common within the bounds.
    public func estimate(reference: Source, other: Source) throws -> TimeAlignment? {
        guard let coarse = try coarseDelay(reference, other),
            let first = fit(try delays(reference, other, around: coarse))
        else { return nil }
        guard let drift = first.drift else { return first }
        let correction = TimeAlignment(offset: first.offset, drift: drift, driftError: 0)
        let corrected = Source(count: reference.count) { range in
            try correction.corrected(range, sampleRate: sampleRate, count: other.count, read: other.read)
        }
        // Beyond the other recording's ends the corrected one is silent, which no window mistakes for sound.
        guard let rest = fit(try delays(reference, corrected, around: (0, 0), drift: 0)),
            let more = rest.drift
        else { return first }
        var result = rest
        result.offset = first.offset + (1 + drift * 1e-6) * rest.offset
        result.drift = drift + more + drift * more * 1e-6
        return result
    }

    /// The delay in each of many windows, in seconds.
    ///
    /// - Parameters:
    ///   - around: a delay in samples and where in the reference it was found.
    ///   - drift: how much the delay may change from there, ppm; default `maximumDrift`.
    private func delays(
        _ reference: Source, _ other: Source, around coarse: (delay: Double, middle: Double),
        drift: Double? = nil
    ) throws -> (points: [(time: Double, delay: Double)], windows: Int) {
        let length = min(reference.count, Int(window * Double(sampleRate)))
        let spare = reference.count - length
        let count = max(1, min(mostWindows, spare / max(1, length / 2) + 1))
        var points: [(time: Double, delay: Double)] = []
        let rate = Double(sampleRate)
        for index in 0..<count {
            let start = count == 1 ? spare / 2 : spare * index / (count - 1)
            let middle = Double(start) + Double(length) / 2
            let margin = 0.005 * rate + (drift ?? maximumDrift) * 1e-6 * abs(middle - coarse.middle)
            let low = Int((coarse.delay - margin).rounded(.down))
            let high = Int((coarse.delay + margin).rounded(.up))
            let inside = ((start + low)..<(start + length + high)).clamped(to: 0..<other.count)
            guard inside.count > length / 2,
                let found = CrossCorrelation(
                    reference: try reference.read(start..<start + length), other: try other.read(inside),
                    delays: (start + low - inside.lowerBound)...(start + high - inside.lowerBound)),
                found.peakRatio >= smallestPeakRatio
            else { continue }
            points.append((middle / rate, (found.delay + Double(inside.lowerBound - start)) / rate))
        }
        return (points, count)
    }

    /// The delay of a loud stretch, in samples, and where the middle of that stretch is.
    private func coarseDelay(_ reference: Source, _ other: Source) throws -> (delay: Double, middle: Double)?
    {
        let reach = Int(maximumOffset * Double(sampleRate))
        let length = min(reference.count, 2 * sampleRate)
        let spare = reference.count - length
        var best: (ratio: Double, delay: Double, middle: Double)?
        for share in spare == 0 ? [0.5] : [0.5, 0.25, 0.75, 0.1, 0.9] {
            let start = Int(share * Double(spare))
            let inside = (start - reach..<start + length + reach).clamped(to: 0..<other.count)
            guard !inside.isEmpty,
                let found = CrossCorrelation(
                    reference: try reference.read(start..<start + length), other: try other.read(inside),
                    delays: (start - reach - inside.lowerBound)...(start + reach - inside.lowerBound))
            else { continue }
            if found.peakRatio > best?.ratio ?? smallestPeakRatio {
                best = (
                    found.peakRatio, found.delay + Double(inside.lowerBound - start),
                    Double(start) + Double(length) / 2
                )
            }
        }
        return best.map { ($0.delay, $0.middle) }
    }

    /// The line through the delays; nil if they do not agree.
    private func fit(_ delays: (points: [(time: Double, delay: Double)], windows: Int)) -> TimeAlignment? {
        let (points, windows) = delays
        guard !points.isEmpty else { return nil }
        let sample = 1 / Double(sampleRate)
        var slopes: [Double] = []
        for i in points.indices {
            for j in points.indices.dropFirst(i + 1) where points[j].time - points[i].time > 0.5 {
                slopes.append((points[j].delay - points[i].delay) / (points[j].time - points[i].time))
            }
        }
        let slope = slopes.isEmpty ? 0 : Self.median(slopes)
        let intercept = Self.median(points.map { $0.delay - slope * $0.time })
        let residuals = points.map { abs($0.delay - slope * $0.time - intercept) }
        let limit = max(0.5 * sample, 4.4 * Self.median(residuals))
        let good = zip(points, residuals).filter { $0.1 <= limit }.map(\.0)
        // Half of the windows may be silent or lost in noise; those that match must agree. A limit wider than
        // 2 ms is no agreement.
        guard 2 * good.count > points.count, limit < 0.002 else { return nil }
        let count = Double(good.count)
        let meanTime = good.reduce(0) { $0 + $1.time } / count
        let meanDelay = good.reduce(0) { $0 + $1.delay } / count
        let spread = good.reduce(0) { $0 + ($1.time - meanTime) * ($1.time - meanTime) }
        let span = (good.map(\.time).max() ?? 0) - (good.map(\.time).min() ?? 0)
        // What the search for the peak itself leaves open.
        let resolution = 0.005 * sample
        guard good.count >= 4, span >= 1 else {
            return TimeAlignment(
                offset: Self.median(good.map(\.delay)), offsetError: max(resolution, limit / 4),
                agreeing: good.count, windows: windows)
        }
        let product = good.reduce(0) { $0 + ($1.time - meanTime) * ($1.delay - meanDelay) }
        let drift = product / spread
        let offset = meanDelay - drift * meanTime
        let error = good.reduce(0) { sum, point in
            let residual = point.delay - offset - drift * point.time
            return sum + residual * residual
        }
        let deviation = max(resolution, (error / (count - 2)).squareRoot())
        return TimeAlignment(
            offset: offset, offsetError: deviation * (1 / count + meanTime * meanTime / spread).squareRoot(),
            drift: drift * 1e6, driftError: deviation / spread.squareRoot() * 1e6, agreeing: good.count,
            windows: windows)
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
