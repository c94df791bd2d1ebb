import CKernels

/// A kernel seen as a matrix of (tap row, source, tap column, input channel) x output channel, whatever the
/// order of its axes in memory.
struct KernelMatrix {
    private let tensor: Tensor
    private let strideRow, strideColumn, strideIn, strideOut: Int
    let outChannels: Int
    /// Input channels of each source.
    private(set) var sourceChannels: [Int]

    /// - Parameters:
    ///   - weight: [out, kernel height, kernel width, in], or with `in` and `out` swapped if `transposed`.
    init(_ weight: Tensor, transposed: Bool, sourceChannels: [Int]) {
        let (inAxis, outAxis) = transposed ? (0, 3) : (3, 0)
        // Rows or columns of the matrix must lie without gaps; a slice of either axis does.
        let dense = weight.strides[3] == 1 ? weight : weight.contiguous()
        tensor = dense
        (strideRow, strideColumn) = (dense.strides[1], dense.strides[2])
        // The stride of a single input channel says nothing about how the columns lie.
        strideIn = dense.shape[inAxis] == 1 ? 1 : dense.strides[inAxis]
        strideOut = dense.strides[outAxis]
        outChannels = weight.shape[outAxis]
        self.sourceChannels = sourceChannels
    }

    /// The same kernel for sources that have been concatenated.
    var joined: KernelMatrix {
        var matrix = self
        matrix.sourceChannels = [inChannels]
        return matrix
    }

    private var inChannels: Int { sourceChannels.reduce(0, +) }

    func depth(_ phase: TapPhase) -> Int { phase.taps * inChannels }

    /// Writes the columns `channels` of the phase's matrix as [depth][width], zeros beyond `channels`.
    func pack(_ phase: TapPhase, channels: Range<Int>, width: Int, into packed: UnsafeMutablePointer<Float>) {
        withExtendedLifetime(tensor.storage) {
            var to = packed
            for row in phase.kernelRows {
                var firstChannel = 0
                for count in sourceChannels {
                    for column in phase.kernelColumns {
                        let from =
                            tensor.base + row * strideRow + column * strideColumn + firstChannel * strideIn
                            + channels.lowerBound * strideOut
                        if strideIn == 1 {
                            ck_pack_transposed(from, strideOut, count, channels.count, to, width)
                        } else {
                            ck_pack_rows(from, strideIn, count, channels.count, to, width)
                        }
                        to += count * width
                    }
                    firstChannel += count
                }
            }
        }
    }

    /// Writes the phase's matrix as [out][depth].
    func packByOutput(_ phase: TapPhase, into packed: UnsafeMutablePointer<Float>) {
        withExtendedLifetime(tensor.storage) {
            var to = packed
            for channel in 0..<outChannels {
                for row in phase.kernelRows {
                    var firstChannel = 0
                    for count in sourceChannels {
                        for column in phase.kernelColumns {
                            let from =
                                tensor.base + row * strideRow + column * strideColumn
                                + firstChannel * strideIn + channel * strideOut
                            for index in 0..<count { to[index] = from[index * strideIn] }
                            to += count
                        }
                        firstChannel += count
                    }
                }
            }
        }
    }
}
