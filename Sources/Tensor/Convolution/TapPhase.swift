/// A regular grid of output positions and the input taps that each of them gathers.
///
/// A convolution is one phase. A transposed convolution with stride s is s x s of them, each of which writes
/// every s-th output, so that nothing is computed on inserted zeros.
struct TapPhase: Sendable {
    /// Output positions: `rows` x `columns` of them, at first + step * i.
    var rows, columns: Int
    var firstY = 0, firstX = 0, stepY = 1, stepX = 1
    /// Input row of a tap: position * inputStep + offset, one offset for each row of taps; columns are
    /// neighbours from `firstTapX` on.
    var inputStepY = 1, inputStepX = 1
    var tapOffsetsY: [Int]
    var firstTapX: Int
    /// The rows and columns of the kernel that the taps meet, in the same order.
    var kernelRows, kernelColumns: [Int]

    var taps: Int { kernelRows.count * kernelColumns.count }

    /// The one phase of a convolution with outputs of the given size.
    static func convolution(
        _ geometry: ConvolutionGeometry, kernelHeight: Int, kernelWidth: Int, height: Int, width: Int
    ) -> TapPhase {
        TapPhase(
            rows: height, columns: width, inputStepY: geometry.strideY, inputStepX: geometry.strideX,
            tapOffsetsY: (0..<kernelHeight).map { $0 - geometry.paddingY }, firstTapX: -geometry.paddingX,
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
                (firstY + geometry.paddingY - $0) % geometry.strideY == 0
            }
            for firstX in 0..<min(geometry.strideX, width) {
                let columns = (0..<kernelWidth).reversed().filter {
                    (firstX + geometry.paddingX - $0) % geometry.strideX == 0
                }
                guard let left = columns.first, !rows.isEmpty else { continue }
                result.append(
                    TapPhase(
                        rows: (height - firstY + geometry.strideY - 1) / geometry.strideY,
                        columns: (width - firstX + geometry.strideX - 1) / geometry.strideX,
                        firstY: firstY, firstX: firstX, stepY: geometry.strideY, stepX: geometry.strideX,
                        tapOffsetsY: rows.map { (firstY + geometry.paddingY - $0) / geometry.strideY },
                        firstTapX: (firstX + geometry.paddingX - left) / geometry.strideX,
                        kernelRows: rows, kernelColumns: columns))
            }
        }
        return result
    }
}
