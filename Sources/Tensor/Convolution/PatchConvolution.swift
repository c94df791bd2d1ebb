import CKernels

/// Convolution as a product of gathered patches with the kernel, by BLAS.
///
/// The patch matrix is made a tile at a time, so that it stays in cache, and never exists as a whole unless
/// it is small.
struct PatchConvolution {
    private let input: Tensor
    private let kernel: KernelMatrix
    /// [batch, height, width, channels] of the result.
    private let shape: [Int]

    init(input: Tensor, kernel: KernelMatrix, shape: [Int]) {
        self.input = input.contiguous()
        self.kernel = kernel
        self.shape = shape
    }

    private struct Piece {
        let phase: Int
        let rows: Range<Int>
        let outChannels: Range<Int>
    }

    func run(_ phases: [TapPhase], bias: Tensor?, output: UnsafeMutablePointer<Float>) {
        let bias = bias?.contiguous()
        let kernels = phases.map { phase in
            let storage = Storage(count: kernel.depth(phase) * shape[3])
            kernel.pack(phase, channels: 0..<shape[3], width: shape[3], into: storage.pointer)
            return storage
        }
        let pieces = pieces(phases)
        withExtendedLifetime((input.storage, bias?.storage, kernels)) {
            ThreadPool.shared.run(pieces.count) { index in
                let piece = pieces[index]
                run(
                    piece, phases[piece.phase], kernel: kernels[piece.phase], bias: bias?.base, output: output
                )
            }
        }
    }

    private func pieces(_ phases: [TapPhase]) -> [Piece] {
        var pieces: [Piece] = []
        let channels = shape[3]
        for (index, phase) in phases.enumerated() {
            let total = shape[0] * phase.rows * phase.columns
            if total == 0 { continue }
            // Few positions and many channels: the matrix is the larger operand, so its columns are split.
            let split = total <= 512 && phases.count < 4 ? 4 : 1
            let tile = max(64, min(2048, (1 << 19) / max(1, kernel.depth(phase)) / 16 * 16))
            let width = max(1, (channels + split - 1) / split)
            for start in stride(from: 0, to: total, by: tile) {
                for first in stride(from: 0, to: channels, by: width) {
                    pieces.append(
                        Piece(
                            phase: index, rows: start..<min(total, start + tile),
                            outChannels: first..<min(channels, first + width)))
                }
            }
        }
        return pieces
    }

    private func run(
        _ piece: Piece, _ phase: TapPhase, kernel packed: Storage, bias: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>
    ) {
        let depth = kernel.depth(phase)
        let rows = piece.rows.count
        let patches = Storage(count: rows * depth)
        Self.gather(input, phase: phase, rows: piece.rows, into: patches.pointer)
        let columns = piece.outChannels
        let product = Storage(count: rows * columns.count)
        MatrixMultiply.run(
            m: rows, n: columns.count, k: depth, patches.pointer, depth,
            packed.pointer + columns.lowerBound, shape[3], into: product.pointer, columns.count)
        var row = piece.rows.lowerBound
        while row < piece.rows.upperBound {
            // One line of output positions at a time.
            let x = row % phase.columns
            let line = row / phase.columns
            let length = min(phase.columns - x, piece.rows.upperBound - row)
            let y = phase.firstY + line % phase.rows * phase.stepY
            let image = line / phase.rows
            let position = (image * shape[1] + y) * shape[2] + phase.firstX + x * phase.stepX
            ck_copy_rows_bias(
                product.pointer + (row - piece.rows.lowerBound) * columns.count, columns.count,
                bias.map { $0 + columns.lowerBound }, output + position * shape[3] + columns.lowerBound,
                phase.stepX * shape[3], length, columns.count)
            row += length
        }
    }

    /// Rows of the patch matrix of a phase: [rows][taps * channels].
    static func gather(
        _ input: Tensor, phase: TapPhase, rows: Range<Int>, into patches: UnsafeMutablePointer<Float>
    ) {
        ck_patches(
            input.base, input.shape[1], input.shape[2], input.shape[3], rows.lowerBound, rows.count,
            phase.rows, phase.columns, phase.inputStepY, phase.inputStepX, phase.tapOffsetsY.count,
            phase.tapOffsetsY, phase.kernelColumns.count, phase.firstTapX, phase.tapStepX, patches)
    }
}

/// The gradient of a convolution's kernel as a product of the transposed upstream gradient with patches.
struct PatchWeightGradient {
    private let phase: TapPhase
    private let input: Tensor
    private let upstream: Tensor

    init(phase: TapPhase, input: Tensor, upstream: Tensor) {
        self.phase = phase
        self.input = input.contiguous()
        self.upstream = upstream.contiguous()
    }

    /// Groups of positions have a partial sum each; they are added in order.
    func run(output: UnsafeMutablePointer<Float>) {
        let rows = input.shape[0] * phase.rows * phase.columns
        let depth = phase.taps * input.shape[3]
        let size = depth * upstream.shape[3]
        let groups = max(1, min(size <= 1 << 16 ? 8 : 2, rows / 512))
        let perGroup = (rows + groups - 1) / groups
        let partials = Storage(count: groups * size)
        withExtendedLifetime((input.storage, upstream.storage)) {
            ThreadPool.shared.run(groups) { group in
                accumulate(
                    rows: min(rows, group * perGroup)..<min(rows, (group + 1) * perGroup), depth: depth,
                    into: partials.pointer + group * size)
            }
        }
        ThreadPool.shared.run(size, grain: Elementwise.grain) { range in
            (output + range.lowerBound).update(from: partials.pointer + range.lowerBound, count: range.count)
            for group in 1..<max(1, groups) {
                ck_accumulate(
                    partials.pointer + group * size + range.lowerBound, output + range.lowerBound, range.count
                )
            }
        }
    }

    private func accumulate(rows: Range<Int>, depth: Int, into out: UnsafeMutablePointer<Float>) {
        let channels = upstream.shape[3]
        if rows.isEmpty { out.update(repeating: 0, count: depth * channels) }
        let tile = max(64, min(2048, (1 << 18) / max(1, depth) / 16 * 16))
        let patches = Storage(count: min(tile, max(1, rows.count)) * depth)
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: tile) {
            let part = start..<min(rows.upperBound, start + tile)
            PatchConvolution.gather(input, phase: phase, rows: part, into: patches.pointer)
            MatrixMultiply.run(
                m: channels, n: depth, k: part.count, upstream.base + start * channels, channels,
                transposedA: true, patches.pointer, depth, into: out, depth,
                beta: start == rows.lowerBound ? 0 : 1)
        }
    }
}
