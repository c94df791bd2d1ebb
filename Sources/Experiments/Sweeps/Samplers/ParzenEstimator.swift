import Foundation
import Statistics
import Tensor

/// A density on an interval that is made of observed places: a normal distribution around each, cut off at the ends,
/// and a broad one over the whole interval, so that no place is impossible.
///
/// A component is as wide as the greater of the gaps to its neighbours, but no wider than the interval and no
/// narrower than a share of it that shrinks with the number of observations.
///
/// Source: Bergstra, Bardenet, Bengio, Kégl, Algorithms for hyper-parameter optimization, NeurIPS 2011, section 4.2;
/// Watanabe, Tree-structured Parzen estimator, arXiv 2304.11127, section 3.3.
struct ParzenEstimator: Sendable {
    private let low: Double
    private let high: Double
    private var centres: [Double] = []
    private var widths: [Double] = []
    /// The share of each normal distribution that lies in the interval.
    private var masses: [Double] = []

    /// - Parameter priorWidth: the spread of what was expected before anything was tried; nil: the whole interval.
    init(_ places: [Double], low: Double, high: Double, priorWidth: Double? = nil) {
        self.low = low
        self.high = high
        let span = high - low
        let prior = (low + high) / 2
        let narrowest = span / min(100, Double(places.count) + 2)
        let sorted = places.sorted()
        for (index, place) in sorted.enumerated() {
            let left = place - (index > 0 ? sorted[index - 1] : low)
            let right = (index + 1 < sorted.count ? sorted[index + 1] : high) - place
            add(place, width: min(span, max(narrowest, left, right)))
        }
        add(prior, width: priorWidth ?? span)
    }

    private mutating func add(_ centre: Double, width: Double) {
        centres.append(centre)
        widths.append(width)
        masses.append(
            NormalDistribution.cumulative((high - centre) / width)
                - NormalDistribution.cumulative((low - centre) / width))
    }

    /// A place drawn from the density.
    func draw(_ stream: inout RandomStream) -> Double {
        let index = stream.integer(0..<centres.count)
        let below = NormalDistribution.cumulative((low - centres[index]) / widths[index])
        let share = below + masses[index] * stream.uniform()
        guard share > 0, share < 1 else { return centres[index] }
        let place = centres[index] + widths[index] * NormalDistribution.quantile(share)
        return min(max(place, low), high)
    }

    /// The logarithm of the density at a place, or of the mean density over a cell.
    func logDensity(_ place: Double, cell: ClosedRange<Double>?) -> Double {
        var sum = 0.0
        for index in centres.indices {
            let (centre, width) = (centres[index], widths[index])
            if let cell {
                let mass =
                    NormalDistribution.cumulative((min(cell.upperBound, high) - centre) / width)
                    - NormalDistribution.cumulative((max(cell.lowerBound, low) - centre) / width)
                sum += mass / masses[index] / (cell.upperBound - cell.lowerBound)
            } else {
                let z = (place - centre) / width
                sum += exp(-0.5 * z * z) / (width * masses[index] * (2 * Double.pi).squareRoot())
            }
        }
        return log(max(sum / Double(centres.count), .leastNormalMagnitude))
    }
}
