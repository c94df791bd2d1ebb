import Foundation
import Tensor

/// The normal equations of filters: which filters of each input, added up, come nearest to an output.
///
///     G c = d,   G[(i, a), (j, b)] = r_ij(a - b),   d[(i, a)] = r_iy(a)
///
/// with r_ij(l) = sum over t of x_i[t] x_j[t + l] and filters of `taps` coefficients.
struct FilterEquations {
    let taps: Int
    private let spectra: [[Double]]
    private let size: Int
    private let transform: RealFourierTransform<Double>

    /// - Parameter inputs: signals of equal length.
    init(_ inputs: [[Double]], taps: Int) {
        self.taps = taps
        var size = 1
        while size < (inputs.first?.count ?? 0) + taps { size *= 2 }
        self.size = size
        let transform = RealFFT.plan(length: size)
        self.transform = transform
        spectra = inputs.map { Self.spectrum($0, size, transform) }
    }

    private static func spectrum(
        _ signal: [Double], _ size: Int, _ transform: RealFourierTransform<Double>
    ) -> [Double] {
        let padded = signal + [Double](repeating: 0, count: size - signal.count)
        var result = [Double](repeating: 0, count: 2 * transform.binCount)
        transform.forward(padded, interleaved: &result)
        return result
    }

    /// sum over t of x[t] y[t + l], lags modulo the size.
    private func correlation(_ x: [Double], _ y: [Double]) -> [Double] {
        var product = [Double](repeating: 0, count: x.count)
        let scale = 1 / Double(size)
        for k in 0..<transform.binCount {
            product[2 * k] = scale * (x[2 * k] * y[2 * k] + x[2 * k + 1] * y[2 * k + 1])
            product[2 * k + 1] = scale * (x[2 * k] * y[2 * k + 1] - x[2 * k + 1] * y[2 * k])
        }
        var result = [Double](repeating: 0, count: size)
        transform.inverse(interleaved: product, &result)
        return result
    }

    /// The filters of some inputs for each output: [output][position in `inputs`][tap].
    func solve(inputs: [Int], outputs: [[Double]]) -> [[[Double]]] {
        let order = inputs.count * taps
        var matrix = [Double](repeating: 0, count: order * order)
        for (i, first) in inputs.enumerated() {
            for (j, second) in inputs.enumerated() where j <= i {
                // x_i delayed by a meets x_j delayed by b at lag a - b.
                let r = correlation(spectra[first], spectra[second])
                for a in 0..<taps {
                    for b in 0..<taps {
                        matrix[(i * taps + a) * order + j * taps + b] = r[(a - b + size) % size]
                    }
                }
            }
        }
        CholeskyFactor.factorise(&matrix, order: order)
        return outputs.map { output in
            let spectrum = Self.spectrum(output, size, transform)
            var side: [Double] = []
            side.reserveCapacity(order)
            for input in inputs { side += correlation(spectra[input], spectrum)[0..<taps] }
            CholeskyFactor.solve(matrix, order: order, &side)
            return inputs.indices.map { Array(side[$0 * taps..<($0 + 1) * taps]) }
        }
    }
}

/// Symmetric positive definite systems, A = L L'. Of the matrices, row by row, the lower half counts.
enum CholeskyFactor {
    /// Replaces the lower half of A by L. Directions in which A is singular are held where they are.
    static func factorise(_ matrix: inout [Double], order: Int) {
        matrix.withUnsafeMutableBufferPointer { buffer in
            guard let a = buffer.baseAddress else { return }
            let block = 48
            for first in stride(from: 0, to: order, by: block) {
                let end = min(first + block, order)
                for i in first..<end {
                    for j in first...i { eliminate(a, order, i, j) }
                }
                let rest = (order - end + 7) / 8
                nonisolated(unsafe) let shared = a
                ThreadPool.shared.run(rest) { group in
                    for j in first..<end {
                        for i in end + 8 * group..<min(end + 8 * group + 8, order) {
                            eliminate(shared, order, i, j)
                        }
                    }
                }
            }
        }
    }

    /// Element (i, j) of L from the elements before it.
    @inline(__always)
    private static func eliminate(_ a: UnsafeMutablePointer<Double>, _ order: Int, _ i: Int, _ j: Int) {
        let rest = a[i * order + j] - dot(a + i * order, a + j * order, j)
        if i > j {
            a[i * order + j] = rest / a[j * order + j]
        } else {
            a[i * order + i] = max(rest, 1e-14 * abs(a[i * order + i]) + .leastNormalMagnitude).squareRoot()
        }
    }

    @inline(__always)
    private static func dot(_ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, _ count: Int) -> Double {
        var sums = (SIMD8<Double>.zero, SIMD8<Double>.zero)
        var k = 0
        while k + 16 <= count {
            let p = UnsafeRawPointer(x + k)
            let q = UnsafeRawPointer(y + k)
            sums.0 += p.loadUnaligned(as: SIMD8<Double>.self) * q.loadUnaligned(as: SIMD8<Double>.self)
            sums.1 +=
                p.loadUnaligned(fromByteOffset: 64, as: SIMD8<Double>.self)
                * q.loadUnaligned(fromByteOffset: 64, as: SIMD8<Double>.self)
            k += 16
        }
        var sum = (sums.0 + sums.1).sum()
        while k < count {
            sum += x[k] * y[k]
            k += 1
        }
        return sum
    }

    /// Replaces b by the solution of L L' x = b.
    static func solve(_ factor: [Double], order: Int, _ b: inout [Double]) {
        factor.withUnsafeBufferPointer { l in
            for i in 0..<order {
                var sum = b[i]
                for k in 0..<i { sum -= l[i * order + k] * b[k] }
                b[i] = sum / l[i * order + i]
            }
            for i in (0..<order).reversed() {
                b[i] /= l[i * order + i]
                for k in 0..<i { b[k] -= l[i * order + k] * b[i] }
            }
        }
    }
}
