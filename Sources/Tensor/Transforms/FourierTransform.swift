import CFFTW
import Synchronization

/// A scalar type the Fourier library computes in: `Float` or `Double`.
///
/// The requirements are the few calls in which the two builds of the library differ. They are not
/// meant to be called from outside: use `RealFFT` or `RealFFTFloat`.
public protocol FourierScalar: BinaryFloatingPoint, Sendable {
    /// Plans real to complex (`forward`) or complex to real transforms of aligned buffers.
    static func makePlan(
        length: Int, forward: Bool, signal: UnsafeMutablePointer<Self>, spectrum: UnsafeMutablePointer<Self>
    ) -> OpaquePointer?

    /// Runs a forward plan on aligned buffers.
    static func executeForward(
        _ plan: OpaquePointer, signal: UnsafeMutablePointer<Self>, spectrum: UnsafeMutablePointer<Self>)

    /// Runs an inverse plan on aligned buffers; the spectrum is overwritten.
    static func executeInverse(
        _ plan: OpaquePointer, spectrum: UnsafeMutablePointer<Self>, signal: UnsafeMutablePointer<Self>)

    /// The cached transform of this length.
    static func cachedTransform(length: Int) -> RealFourierTransform<Self>
}

/// Real Fourier transforms in double precision.
public typealias RealFFT = RealFourierTransform<Double>

/// Real Fourier transforms in single precision.
public typealias RealFFTFloat = RealFourierTransform<Float>

/// Discrete Fourier transforms of real signals of one fixed length, unnormalised in both directions:
///
///     X[k] = sum over n of x[n] exp(-2 pi i k n / N),   k = 0 ... N/2
///     y[n] = sum over k = 0 ..< N of X[k] exp(+2 pi i k n / N)   (X extended to a Hermitian spectrum)
///
/// so that `inverse(forward(x)) = N x`. The inverse ignores the imaginary parts of bin 0 and, for
/// even N, of bin N/2.
///
/// Transforms are made once per length and shared; running one is safe on any number of threads at
/// once. The caller's buffers need no alignment, are never written beyond the result, and must not
/// overlap: data passes through aligned scratch, which is twice as fast as letting the library work
/// on unaligned data and makes results independent of where buffers happen to lie.
///
/// Source: Frigo and Johnson, The design and implementation of FFTW3, Proc. IEEE 93(2), 2005.
///
/// `@unchecked Sendable`: the plans are immutable once made, and executing a plan on new arrays is
/// the one operation the library declares safe on several threads.
public final class RealFourierTransform<Scalar: FourierScalar>: @unchecked Sendable {
    /// N, the number of real samples.
    public let length: Int
    /// N / 2 + 1, the number of complex bins.
    public let binCount: Int

    @usableFromInline let forwardPlan: OpaquePointer
    @usableFromInline let inversePlan: OpaquePointer
    /// Where the spectrum begins in the scratch, in scalars; a multiple of the alignment.
    @usableFromInline let spectrumOffset: Int

    /// The transform of the given length, made at the first use and kept for the life of the program.
    ///
    /// - Parameter length: samples, at least 1. Lengths with small prime factors are fastest.
    public static func plan(length: Int) -> RealFourierTransform {
        Scalar.cachedTransform(length: length)
    }

    /// Plans both directions. Planning is not thread-safe: only `TransformCache` calls this, under its lock.
    fileprivate init(length: Int) {
        require(length >= 1, "[fft] length \(length): at least 1 sample is needed")
        let bins = length / 2 + 1
        let offset = (length + 15) / 16 * 16
        let plans = withAlignedScratch(of: Scalar.self, count: offset + 2 * bins) { scratch in
            (
                Scalar.makePlan(length: length, forward: true, signal: scratch, spectrum: scratch + offset),
                Scalar.makePlan(length: length, forward: false, signal: scratch, spectrum: scratch + offset)
            )
        }
        guard let forward = plans.0, let inverse = plans.1 else {
            fatalError("[fft] no plan could be made for length \(length)")
        }
        self.length = length
        binCount = bins
        spectrumOffset = offset
        forwardPlan = forward
        inversePlan = inverse
    }

    // MARK: Interleaved spectra: re0, im0, re1, im1, ...

    /// Transforms `count` signals to interleaved spectra, without allocating per signal.
    ///
    /// - Parameters:
    ///   - signals: `length` samples each.
    ///   - signalStride: scalars from one signal to the next; default `length`. Frames may overlap.
    ///   - spectra: room for `2 * binCount` scalars each.
    ///   - spectrumStride: scalars from one spectrum to the next; default `2 * binCount`.
    @inlinable
    public func forward(
        _ signals: UnsafePointer<Scalar>, interleaved spectra: UnsafeMutablePointer<Scalar>,
        count: Int = 1, signalStride: Int? = nil, spectrumStride: Int? = nil
    ) {
        let from = signalStride ?? length
        let to = spectrumStride ?? 2 * binCount
        withAlignedScratch(of: Scalar.self, count: spectrumOffset + 2 * binCount) { scratch in
            let bins = scratch + spectrumOffset
            for index in 0..<count {
                scratch.update(from: signals + index * from, count: length)
                Scalar.executeForward(forwardPlan, signal: scratch, spectrum: bins)
                (spectra + index * to).update(from: bins, count: 2 * binCount)
            }
        }
    }

    /// Transforms `count` interleaved spectra back to signals (N times the original); the spectra are kept.
    @inlinable
    public func inverse(
        interleaved spectra: UnsafePointer<Scalar>, _ signals: UnsafeMutablePointer<Scalar>,
        count: Int = 1, spectrumStride: Int? = nil, signalStride: Int? = nil
    ) {
        let from = spectrumStride ?? 2 * binCount
        let to = signalStride ?? length
        withAlignedScratch(of: Scalar.self, count: spectrumOffset + 2 * binCount) { scratch in
            let bins = scratch + spectrumOffset
            for index in 0..<count {
                bins.update(from: spectra + index * from, count: 2 * binCount)
                bins[1] = 0
                if length % 2 == 0 { bins[length + 1] = 0 }
                Scalar.executeInverse(inversePlan, spectrum: bins, signal: scratch)
                (signals + index * to).update(from: scratch, count: length)
            }
        }
    }

    // MARK: Planar spectra: real and imaginary parts apart

    /// Transforms one signal of `length` samples into `binCount` real and imaginary parts.
    @inlinable
    public func forward(
        _ signal: UnsafePointer<Scalar>, real: UnsafeMutablePointer<Scalar>,
        imaginary: UnsafeMutablePointer<Scalar>
    ) {
        withAlignedScratch(of: Scalar.self, count: spectrumOffset + 2 * binCount) { scratch in
            let bins = scratch + spectrumOffset
            scratch.update(from: signal, count: length)
            Scalar.executeForward(forwardPlan, signal: scratch, spectrum: bins)
            for k in 0..<binCount {
                real[k] = bins[2 * k]
                imaginary[k] = bins[2 * k + 1]
            }
        }
    }

    /// Transforms `binCount` real and imaginary parts back to `length` samples (N times the original).
    @inlinable
    public func inverse(
        real: UnsafePointer<Scalar>, imaginary: UnsafePointer<Scalar>, _ signal: UnsafeMutablePointer<Scalar>
    ) {
        withAlignedScratch(of: Scalar.self, count: spectrumOffset + 2 * binCount) { scratch in
            let bins = scratch + spectrumOffset
            for k in 0..<binCount {
                bins[2 * k] = real[k]
                bins[2 * k + 1] = imaginary[k]
            }
            bins[1] = 0
            if length % 2 == 0 { bins[length + 1] = 0 }
            Scalar.executeInverse(inversePlan, spectrum: bins, signal: scratch)
            signal.update(from: scratch, count: length)
        }
    }

    // MARK: Arrays

    /// The spectrum of one signal: `binCount` real and imaginary parts.
    @inlinable
    public func forward(_ signal: [Scalar]) -> (real: [Scalar], imaginary: [Scalar]) {
        require(signal.count == length, "[fft] expects \(length) samples, got \(signal.count)")
        var real = [Scalar](repeating: 0, count: binCount)
        var imaginary = real
        forward(signal, real: &real, imaginary: &imaginary)
        return (real, imaginary)
    }

    /// The signal of one spectrum, N times the original.
    @inlinable
    public func inverse(real: [Scalar], imaginary: [Scalar]) -> [Scalar] {
        require(
            real.count == binCount && imaginary.count == binCount,
            "[fft] expects \(binCount) bins, got \(real.count) real and \(imaginary.count) imaginary parts")
        var signal = [Scalar](repeating: 0, count: length)
        inverse(real: real, imaginary: imaginary, &signal)
        return signal
    }
}

/// Lends zeroed-by-nobody scratch that starts on a cache line.
@inlinable
func withAlignedScratch<Scalar, Result>(
    of type: Scalar.Type, count: Int, _ body: (UnsafeMutablePointer<Scalar>) -> Result
) -> Result {
    withUnsafeTemporaryAllocation(byteCount: count * MemoryLayout<Scalar>.stride, alignment: 64) { bytes in
        guard let base = bytes.baseAddress else { fatalError("[fft] no scratch memory") }
        return body(base.assumingMemoryBound(to: Scalar.self))
    }
}

/// The transforms made so far, by length. Its lock is also what makes planning safe.
private final class TransformCache<Scalar: FourierScalar>: Sendable {
    private let transforms = Mutex<[Int: RealFourierTransform<Scalar>]>([:])

    func transform(length: Int) -> RealFourierTransform<Scalar> {
        transforms.withLock { transforms in
            if let known = transforms[length] { return known }
            let made = RealFourierTransform<Scalar>(length: length)
            transforms[length] = made
            return made
        }
    }
}

private let doubleTransforms = TransformCache<Double>()
private let floatTransforms = TransformCache<Float>()

// FFTW_ESTIMATE: the plan depends on the length alone, never on timing, so that results repeat.

extension Double: FourierScalar {
    public static func makePlan(
        length: Int, forward: Bool, signal: UnsafeMutablePointer<Double>,
        spectrum: UnsafeMutablePointer<Double>
    ) -> OpaquePointer? {
        let bins = UnsafeMutableRawPointer(spectrum).assumingMemoryBound(to: fftw_complex.self)
        return forward
            ? fftw_plan_dft_r2c_1d(Int32(length), signal, bins, FFTW_ESTIMATE)
            : fftw_plan_dft_c2r_1d(Int32(length), bins, signal, FFTW_ESTIMATE)
    }

    public static func executeForward(
        _ plan: OpaquePointer, signal: UnsafeMutablePointer<Double>, spectrum: UnsafeMutablePointer<Double>
    ) {
        fftw_execute_dft_r2c(
            plan, signal, UnsafeMutableRawPointer(spectrum).assumingMemoryBound(to: fftw_complex.self))
    }

    public static func executeInverse(
        _ plan: OpaquePointer, spectrum: UnsafeMutablePointer<Double>, signal: UnsafeMutablePointer<Double>
    ) {
        fftw_execute_dft_c2r(
            plan, UnsafeMutableRawPointer(spectrum).assumingMemoryBound(to: fftw_complex.self), signal)
    }

    public static func cachedTransform(length: Int) -> RealFourierTransform<Double> {
        doubleTransforms.transform(length: length)
    }
}

extension Float: FourierScalar {
    public static func makePlan(
        length: Int, forward: Bool, signal: UnsafeMutablePointer<Float>,
        spectrum: UnsafeMutablePointer<Float>
    ) -> OpaquePointer? {
        let bins = UnsafeMutableRawPointer(spectrum).assumingMemoryBound(to: fftwf_complex.self)
        return forward
            ? fftwf_plan_dft_r2c_1d(Int32(length), signal, bins, FFTW_ESTIMATE)
            : fftwf_plan_dft_c2r_1d(Int32(length), bins, signal, FFTW_ESTIMATE)
    }

    public static func executeForward(
        _ plan: OpaquePointer, signal: UnsafeMutablePointer<Float>, spectrum: UnsafeMutablePointer<Float>
    ) {
        fftwf_execute_dft_r2c(
            plan, signal, UnsafeMutableRawPointer(spectrum).assumingMemoryBound(to: fftwf_complex.self))
    }

    public static func executeInverse(
        _ plan: OpaquePointer, spectrum: UnsafeMutablePointer<Float>, signal: UnsafeMutablePointer<Float>
    ) {
        fftwf_execute_dft_c2r(
            plan, UnsafeMutableRawPointer(spectrum).assumingMemoryBound(to: fftwf_complex.self), signal)
    }

    public static func cachedTransform(length: Int) -> RealFourierTransform<Float> {
        floatTransforms.transform(length: length)
    }
}
