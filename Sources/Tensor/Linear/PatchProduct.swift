import CKernels

/// Multiplies the patches of a batch of images with a matrix: the engine below all convolutions.
///
/// The patch matrix is made a tile at a time, so that it stays in cache, and never exists as a whole unless
/// it is small. A convolution is one `Phase`; a transposed convolution with stride s is s x s of them, each
/// of which writes every s-th output, so that nothing is computed on inserted zeros.
struct PatchProduct {
    /// [batch, height, width, channels] of the images that patches are taken from.
    let batch, height, width, channels: Int
    /// [batch, outHeight, outWidth, outChannels] of the result.
    let outHeight, outWidth, outChannels: Int

    struct Phase {
        /// Output positions of this phase: `rows` x `columns` of them, (first + step * i).
        var rows, columns: Int
        var firstY = 0, firstX = 0, stepY = 1, stepX = 1
        /// Where patches start: position * inputStep + offset, one offset for each row of taps.
        var inputStepY = 1, inputStepX = 1
        var tapOffsetsY: [Int]
        var tapColumns: Int
        var firstTapX: Int
        /// The matrix: [taps * channels, outChannels], or its transpose.
        var weights: Storage
        var weightOffset = 0
        var transposed: Bool

        func depth(_ channels: Int) -> Int { tapOffsetsY.count * tapColumns * channels }
    }

    private struct Piece {
        let phase: Int
        let rows: Range<Int>
        let outChannels: Range<Int>
    }

    func run(
        _ phases: [Phase], input: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>
    ) {
        var pieces: [Piece] = []
        for (index, phase) in phases.enumerated() {
            let depth = phase.depth(channels)
            let total = batch * phase.rows * phase.columns
            if total == 0 { continue }
            // Few positions and many channels: the matrix is the larger operand, so its columns are split.
            let split = total <= 512 && phases.count < 4 ? 4 : 1
            let tile = max(64, min(2048, (1 << 19) / max(1, depth) / 16 * 16))
            for start in stride(from: 0, to: total, by: tile) {
                let width = (outChannels + split - 1) / split
                for first in stride(from: 0, to: outChannels, by: width) {
                    pieces.append(
                        Piece(
                            phase: index, rows: start..<min(total, start + tile),
                            outChannels: first..<min(outChannels, first + width)))
                }
            }
        }
        ThreadPool.shared.run(pieces.count) { index in
            run(pieces[index], phases[pieces[index].phase], input: input, bias: bias, output: output)
        }
    }

    private func run(
        _ piece: Piece, _ phase: Phase, input: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>
    ) {
        let depth = phase.depth(channels)
        let rows = piece.rows.count
        let patches = Storage(count: rows * depth)
        Self.gather(
            input, height: height, width: width, channels: channels, phase: phase,
            rows: piece.rows, into: patches.pointer)
        let columns = piece.outChannels
        let weights =
            phase.weights.pointer + phase.weightOffset + columns.lowerBound * (phase.transposed ? depth : 1)
        let bias = bias.map { $0 + columns.lowerBound }

        let dense =
            phase.stepX == 1 && phase.stepY == 1 && phase.rows == outHeight && phase.columns == outWidth
        if dense {
            let target = output + piece.rows.lowerBound * outChannels + columns.lowerBound
            MatrixMultiply.run(
                m: rows, n: columns.count, k: depth, patches.pointer, depth,
                weights, phase.transposed ? depth : outChannels, transposedB: phase.transposed,
                into: target, outChannels)
            if let bias {
                ck_copy_rows_bias(target, outChannels, bias, target, outChannels, rows, columns.count)
            }
            return
        }
        let product = Storage(count: rows * columns.count)
        MatrixMultiply.run(
            m: rows, n: columns.count, k: depth, patches.pointer, depth,
            weights, phase.transposed ? depth : outChannels, transposedB: phase.transposed,
            into: product.pointer, columns.count)
        var row = piece.rows.lowerBound
        while row < piece.rows.upperBound {
            // One line of output positions at a time.
            let x = row % phase.columns
            let line = row / phase.columns
            let length = min(phase.columns - x, piece.rows.upperBound - row)
            let y = phase.firstY + line % phase.rows * phase.stepY
            let image = line / phase.rows
            let position = (image * outHeight + y) * outWidth + phase.firstX + x * phase.stepX
            ck_copy_rows_bias(
                product.pointer + (row - piece.rows.lowerBound) * columns.count, columns.count, bias,
                output + position * outChannels + columns.lowerBound, phase.stepX * outChannels,
                length, columns.count)
            row += length
        }
    }

    static func gather(
        _ input: UnsafePointer<Float>, height: Int, width: Int, channels: Int, phase: Phase,
        rows: Range<Int>, into patches: UnsafeMutablePointer<Float>
    ) {
        ck_patches(
            input, height, width, channels, rows.lowerBound, rows.count, phase.rows, phase.columns,
            phase.inputStepY, phase.inputStepX, phase.tapOffsetsY.count, phase.tapOffsetsY,
            phase.tapColumns, phase.firstTapX, patches)
    }
}
