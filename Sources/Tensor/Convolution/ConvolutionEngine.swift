import Synchronization

/// What computes convolutions.
///
/// All engines give the same result to rounding, and each gives the same bits whatever the number of threads.
public enum ConvolutionEngine: String, CaseIterable, Sendable {
    /// Register tiles, with 9 products where the definition has 16 when the kernel allows it: the fast one.
    case winograd
    /// Register tiles that read the input where it lies: every product of the definition. Both leave kernels
    /// whose columns are spread by a dilation to the patches.
    case direct
    /// Patches gathered into a matrix, multiplied by BLAS: the reference.
    case blas

    private static let selected = Atomic<Int>(0)
    @TaskLocal private static var scoped: ConvolutionEngine?

    /// The engine that the whole process uses; default `winograd`. Change it between steps only.
    public static var current: ConvolutionEngine {
        get { scoped ?? allCases[selected.load(ordering: .relaxed)] }
        set { selected.store(allCases.firstIndex(of: newValue) ?? 0, ordering: .relaxed) }
    }

    /// Runs `body` with this engine, whatever the rest of the process uses.
    public func use<Result>(_ body: () throws -> Result) rethrows -> Result {
        try Self.$scoped.withValue(self, operation: body)
    }

    /// Gathers `phases` of the concatenated `sources` [n, h, w, c], multiplies them with the kernel and writes
    /// every position of `output` that a phase names.
    func convolve(
        _ phases: [TapPhase], sources: [Tensor], kernel: KernelMatrix, bias: Tensor?, shape: [Int],
        output: UnsafeMutablePointer<Float>
    ) {
        if self != .blas, phases.allSatisfy({ $0.tapStepX == 1 }) {
            TiledConvolution(sources: sources, kernel: kernel, shape: shape, winograd: self == .winograd)
                .run(phases, bias: bias, output: output)
        } else {
            PatchConvolution(input: Self.joined(sources), kernel: kernel.joined, shape: shape)
                .run(phases, bias: bias, output: output)
        }
    }

    /// output[o, a, b, c] = sum over positions of input[tap (a, b), c] * upstream[position, o], with the
    /// channels of all upstreams one after the other.
    func weightGradient(
        _ phase: TapPhase, input: Tensor, upstreams: [Tensor], output: UnsafeMutablePointer<Float>
    ) {
        if self != .blas, phase.tapStepX == 1 {
            TiledWeightGradient(
                phase: phase, input: input, upstreams: upstreams, winograd: self == .winograd
            )
            .run(output: output)
        } else {
            PatchWeightGradient(phase: phase, input: input, upstream: Self.joined(upstreams))
                .run(output: output)
        }
    }

    private static func joined(_ tensors: [Tensor]) -> Tensor {
        tensors.count == 1 ? tensors[0] : Tape.withoutRecording { .concatenate(tensors, axis: -1) }
    }
}
