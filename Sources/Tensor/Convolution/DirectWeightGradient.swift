import CKernels

/// The gradient of a convolution's kernel by register tiles: 8 (tap, channel) pairs x 32 gradient channels
/// stay in registers while a band of positions is added up.
struct DirectWeightGradient {
    private let phase: TapPhase
    private let input: Tensor

    init(phase: TapPhase, input: Tensor) {
        self.phase = phase
        self.input = input.contiguous()
    }

    private struct Piece {
        let upstream: Int
        let channels: Range<Int>
        let width: Int
        let images: Range<Int>
        /// Where the channels lie in the result.
        let firstOutput: Int
    }

    func run(_ upstreams: [Tensor], output: UnsafeMutablePointer<Float>) {
        let upstreams = upstreams.map { $0.contiguous() }
        let zeros = ZeroedStorage(count: 1)
        withExtendedLifetime((input.storage, upstreams.map(\.storage), zeros.storage)) {
            phase.tapOffsetsY.withUnsafeBufferPointer { offsets in
                var gather = ck_gather(phase, offsets: offsets, zeros: zeros, source: input)
                run(&gather, upstreams, output: output)
            }
        }
    }

    private func run(
        _ gather: UnsafePointer<ck_gather>, _ upstreams: [Tensor], output: UnsafeMutablePointer<Float>
    ) {
        let inChannels = input.shape[3]
        let lines = phase.kernelRows.count
        let columns = phase.kernelColumns.count
        // One run of all tap columns while it is short; long runs would make the copies at the borders dear.
        let group = columns * inChannels <= 256 ? columns : 1
        let block = ck_weight_gradient_rows(group * inChannels)
        let depth = lines * columns * inChannels
        let slices = slices(upstreams)
        let sets = slices.map { pieces in pieces.map { result(for: $0, block: block, group: group) } }

        let flat = slices.indices.flatMap { set in slices[set].indices.map { (set, $0) } }
        ThreadPool.shared.run(flat.count) { index in
            let (set, slice) = flat[index]
            let piece = slices[set][slice]
            let upstream = upstreams[piece.upstream]
            let run = piece.width == 1 ? columns * inChannels : piece.width + group * inChannels
            let scratch = Storage(count: Int(CK_BAND_POSITIONS) * run + 16)
            if piece.width == 1 {
                ck_weight_gradient_narrow(
                    gather, piece.images.lowerBound, piece.images.count, upstream.base, upstream.shape[3],
                    piece.channels.lowerBound, sets[set][slice].pointer, scratch.pointer)
            } else {
                ck_weight_gradient(
                    gather, piece.images.lowerBound, piece.images.count, upstream.base, upstream.shape[3],
                    piece.channels.lowerBound, piece.channels.count, piece.width, group,
                    sets[set][slice].pointer, scratch.pointer)
            }
        }
        // The slices of the batch are added in order, then turned into [out][taps][in].
        let blocks = lines * (columns / group)
        ThreadPool.shared.run(slices.count * blocks) { index in
            let (set, part) = (index / blocks, index % blocks)
            let piece = slices[set][0]
            let rows = piece.width == 1 ? columns * inChannels / (columns / group) : block
            let size = rows * piece.width
            let sum = sets[set][0].pointer + part * size
            for other in sets[set].dropFirst() { ck_accumulate(other.pointer + part * size, sum, size) }
            ck_transpose(
                sum, piece.width, output + piece.firstOutput * depth + part * group * inChannels, depth,
                group * inChannels, piece.channels.count)
        }
    }

    private func result(for piece: Piece, block: Int, group: Int) -> Storage {
        let blocks = phase.kernelRows.count * phase.kernelColumns.count / group
        let rows = piece.width == 1 ? group * input.shape[3] : block
        return Storage(count: blocks * rows * piece.width + 16)
    }

    /// For each block of gradient channels, the slices of the batch that are computed apart. Their number
    /// depends on shapes only, because the order of the sum does.
    private func slices(_ upstreams: [Tensor]) -> [[Piece]] {
        let batch = input.shape[0]
        var result: [[Piece]] = []
        var blocks: [(upstream: Int, channels: Range<Int>, width: Int, output: Int)] = []
        var output = 0
        for (index, upstream) in upstreams.enumerated() {
            let channels = upstream.shape[3]
            let narrow = channels <= 4 && input.shape[3] >= 8
            for first in stride(from: 0, to: channels, by: narrow ? 1 : Int(CK_PANEL_CHANNELS)) {
                let width = narrow ? 1 : ck_panel_width(channels, first / Int(CK_PANEL_CHANNELS))
                blocks.append((index, first..<min(channels, first + width), width, output + first))
            }
            output += channels
        }
        let count = max(1, min(batch, (8 + blocks.count - 1) / max(1, blocks.count)))
        for block in blocks {
            result.append(
                (0..<count).map { slice in
                    Piece(
                        upstream: block.upstream, channels: block.channels, width: block.width,
                        images: batch * slice / count..<batch * (slice + 1) / count,
                        firstOutput: block.output)
                })
        }
        return result
    }
}
