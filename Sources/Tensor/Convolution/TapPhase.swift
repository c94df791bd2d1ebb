/// A regular grid of output positions and the input taps that each of them gathers.
///
/// A convolution is one phase. A transposed convolution with stride s is s x s of them, each of which writes
/// every s-th output, so that nothing is computed on inserted zeros.
struct TapPhase: Sendable {
    /// Output positions: `rows` x `columns` of them, at first + step * i.
    var rows, columns: Int
    var firstY = 0, firstX = 0, stepY = 1, stepX = 1
    /// Input row of a tap: position * inputStep + offset, one offset for each row of taps; columns lie
    /// `tapStepX` apart, from `firstTapX` on.
    var inputStepY = 1, inputStepX = 1
    var tapOffsetsY: [Int]
    var firstTapX: Int
    var tapStepX = 1
    /// The rows and columns of the kernel that the taps meet, in the same order.
    var kernelRows, kernelColumns: [Int]

    var taps: Int { kernelRows.count * kernelColumns.count }

    /// Whether the taps are those of 2 x 2 kernels on every `inputStep`-th row and column.
    var allowsWinograd: Bool {
        tapStepX == 1 && (1...2).contains(inputStepY) && (1...2).contains(inputStepX)
            && kernelRows.count == 2 * inputStepY
            && kernelColumns.count == 2 * inputStepX
            && tapOffsetsY.indices.allSatisfy { tapOffsetsY[$0] == tapOffsetsY[0] + $0 }
    }

    /// Whether these are the four phases of a transposed convolution with stride 2 whose taps overlap, so that
    /// the transformed inputs of one serve the others too.
    static func shareOperands(_ phases: [TapPhase]) -> Bool {
        guard phases.count == 4, let first = phases.first else { return false }
        return phases.enumerated().allSatisfy { index, phase in
            phase.allowsWinograd && phase.inputStepY == 1 && phase.inputStepX == 1
                && (phase.rows, phase.columns) == (first.rows, first.columns)
                && (phase.stepY, phase.stepX) == (2, 2)
                && (phase.firstY, phase.firstX) == (index / 2, index % 2)
                && phase.tapOffsetsY[0] == first.tapOffsetsY[0] + index / 2
                && phase.firstTapX == first.firstTapX + index % 2
        }
    }

    /// Tiles of 2 x 2 outputs in one image.
    var winogradTiles: Int { (rows + 1) / 2 * ((columns + 1) / 2) }

    /// With fewer tiles in a batch, transforming the kernel costs more than the saved products.
    static let fewestWinogradTiles = 64

    /// The one phase of a convolution with outputs of the given size.
    static func convolution(
        _ geometry: ConvolutionGeometry, kernelHeight: Int, kernelWidth: Int, height: Int, width: Int
    ) -> TapPhase {
        TapPhase(
            rows: height, columns: width, inputStepY: geometry.strideY, inputStepX: geometry.strideX,
            tapOffsetsY: (0..<kernelHeight).map { $0 * geometry.dilationY - geometry.paddingY },
            firstTapX: -geometry.paddingX, tapStepX: kernelWidth > 1 ? geometry.dilationX : 1,
            kernelRows: Array(0..<kernelHeight), kernelColumns: Array(0..<kernelWidth))
    }

    /// The phases of a transposed convolution with outputs of the given size: one for each place of an output
    /// within the stride, with the taps that reach it.
    static func transposed(
        _ geometry: ConvolutionGeometry, kernelHeight: Int, kernelWidth: Int, height: Int, width: Int
    ) -> [TapPhase] {
        var result: [TapPhase] = []
        for firstY in 0..<min(geometry.strideY, height) {
            // Descending kernel rows read ascending input rows.
            let rows = (0..<kernelHeight).reversed().filter {
                (firstY + geometry.paddingY - $0 * geometry.dilationY) % geometry.strideY == 0
            }
            for firstX in 0..<min(geometry.strideX, width) {
                let columns = (0..<kernelWidth).reversed().filter {
                    (firstX + geometry.paddingX - $0 * geometry.dilationX) % geometry.strideX == 0
                }
                guard let left = columns.first, !rows.isEmpty else { continue }
                let tapStep =
                    columns.count > 1
                    ? (left - columns[1]) * geometry.dilationX / geometry.strideX : 1
                result.append(
                    TapPhase(
                        rows: (height - firstY + geometry.strideY - 1) / geometry.strideY,
                        columns: (width - firstX + geometry.strideX - 1) / geometry.strideX,
                        firstY: firstY, firstX: firstX, stepY: geometry.strideY, stepX: geometry.strideX,
                        tapOffsetsY: rows.map {
                            (firstY + geometry.paddingY - $0 * geometry.dilationY) / geometry.strideY
                        },
                        firstTapX: (firstX + geometry.paddingX - left * geometry.dilationX)
                            / geometry.strideX,
                        tapStepX: tapStep,
                        kernelRows: rows, kernelColumns: columns))
            }
        }
        return result
    }
}
