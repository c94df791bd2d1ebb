import Foundation
import Tensor

/// Bin powers whose mel bands are given ones.
///
///     minimise |W x - m|^2 over x >= 0, frame by frame
///
/// Many spectra share one set of bands. The start is smooth: bands spread over their bins, improved by a few
/// multiplicative steps of expectation maximisation; then the least-squares problem is solved by projected
/// gradients with momentum.
///
/// Sources: Beck and Teboulle, A fast iterative shrinkage-thresholding algorithm, SIAM J. Imaging Sciences
/// 2(1), 2009; the multiplicative step: Lucy, An iterative technique for the rectification of observed
/// distributions, Astronomical Journal 79, 1974.
public struct MelInversion: Sendable {
    public let filterbank: MelFilterbank
    /// Multiplicative steps of the start.
    public let startSteps: Int
    /// Steps of projected gradients.
    public let iterations: Int
    /// One over the largest eigenvalue of W transposed W, or a little less.
    private let stepSize: Double
    /// The sum of each bin's weights.
    private let binSums: [Double]

    /// - Parameters:
    ///   - filterbank: W.
    ///   - startSteps: default 20.
    ///   - iterations: default 100.
    public init(_ filterbank: MelFilterbank, startSteps: Int = 20, iterations: Int = 100) {
        self.filterbank = filterbank
        self.startSteps = startSteps
        self.iterations = iterations
        let bins = filterbank.binCount
        var sums = [Double](repeating: 0, count: bins)
        for band in 0..<filterbank.bandCount {
            for k in filterbank.bandRanges[band] { sums[k] += filterbank.weights[band * bins + k] }
        }
        binSums = sums
        // The largest eigenvalue is at most the largest row sum of W W', all of whose elements are >= 0.
        var largest = 0.0
        for band in 0..<filterbank.bandCount {
            var row = 0.0
            for k in filterbank.bandRanges[band] { row += filterbank.weights[band * bins + k] * sums[k] }
            largest = max(largest, row)
        }
        stepSize = largest > 0 ? 1 / largest : 0
    }

    /// - Parameter bands: [frames x bands], row-major, 0 or more.
    /// - Returns: [frames x bins], 0 or more; the square roots are magnitudes if the bands are of powers.
    public func bins(of bands: [Double]) -> [Double] {
        let (bandCount, binCount) = (filterbank.bandCount, filterbank.binCount)
        require(
            bands.count % bandCount == 0, "[mel] \(bands.count) values are no rows of \(bandCount)")
        let frames = bands.count / bandCount
        return [Double](unsafeUninitializedCapacity: frames * binCount) { result, count in
            if let result = result.baseAddress {
                bands.withUnsafeBufferPointer { bands in
                    guard let bands = bands.baseAddress else { return }
                    ThreadPool.shared.run(frames) { t in
                        invert(bands + t * bandCount, into: result + t * binCount)
                    }
                }
            }
            count = frames * binCount
        }
    }

    private func invert(_ bands: UnsafePointer<Double>, into bins: UnsafeMutablePointer<Double>) {
        let (bandCount, binCount) = (filterbank.bandCount, filterbank.binCount)
        withUnsafeTemporaryAllocation(of: Double.self, capacity: bandCount + 2 * binCount) { scratch in
            guard let residual = scratch.baseAddress else { return }
            let change = residual + bandCount
            let point = change + binCount
            // Each band's value at unit width, spread over its bins.
            for b in 0..<bandCount {
                let sum = filterbank.bandRanges[b].reduce(0) { $0 + filterbank.weights[b * binCount + $1] }
                residual[b] = sum > 0 ? max(0, bands[b]) / sum : 0
            }
            spread(residual, into: bins)
            for k in 0..<binCount { bins[k] = binSums[k] > 0 ? bins[k] / binSums[k] : 0 }
            for _ in 0..<startSteps {
                gather(bins, into: residual)
                for b in 0..<bandCount { residual[b] = residual[b] > 0 ? max(0, bands[b]) / residual[b] : 0 }
                spread(residual, into: change)
                for k in 0..<binCount where binSums[k] > 0 { bins[k] *= change[k] / binSums[k] }
            }
            var momentum = 1.0
            for k in 0..<binCount { point[k] = bins[k] }
            for _ in 0..<iterations {
                gather(point, into: residual)
                for b in 0..<bandCount { residual[b] -= bands[b] }
                spread(residual, into: change)
                let next = (1 + (1 + 4 * momentum * momentum).squareRoot()) / 2
                let ahead = (momentum - 1) / next
                for k in 0..<binCount {
                    let updated = max(0, point[k] - stepSize * change[k])
                    point[k] = updated + ahead * (updated - bins[k])
                    bins[k] = updated
                }
                momentum = next
            }
        }
    }

    /// W x.
    private func gather(_ bins: UnsafePointer<Double>, into bands: UnsafeMutablePointer<Double>) {
        filterbank.weights.withUnsafeBufferPointer { weights in
            for (b, range) in filterbank.bandRanges.enumerated() {
                var sum = 0.0
                for k in range { sum += weights[b * filterbank.binCount + k] * bins[k] }
                bands[b] = sum
            }
        }
    }

    /// W transposed times y.
    private func spread(_ bands: UnsafePointer<Double>, into bins: UnsafeMutablePointer<Double>) {
        for k in 0..<filterbank.binCount { bins[k] = 0 }
        filterbank.weights.withUnsafeBufferPointer { weights in
            for (b, range) in filterbank.bandRanges.enumerated() {
                for k in range { bins[k] += weights[b * filterbank.binCount + k] * bands[b] }
            }
        }
    }
}
