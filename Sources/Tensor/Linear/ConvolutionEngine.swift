import Synchronization

/// What computes convolutions. The setting holds for the whole process and both give the same numbers up to
/// rounding.
public enum ConvolutionEngine: String, CaseIterable, Sendable {
    /// Kernels written for convolution.
    case direct
    /// Patches multiplied by BLAS.
    case blas

    private static let setting = Atomic<Bool>(true)

    /// The engine that convolutions use from now on; default: direct.
    public static var current: ConvolutionEngine {
        get { setting.load(ordering: .relaxed) ? .direct : .blas }
        set { setting.store(newValue == .direct, ordering: .relaxed) }
    }
}
