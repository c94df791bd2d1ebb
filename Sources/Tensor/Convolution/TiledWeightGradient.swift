import CKernels

/// The gradient of a convolution's kernel by register tiles: 8 (tap, channel) pairs x 32 gradient channels
/// stay in registers while a band of positions is added up.
struct TiledWeightGradient {
    private let phase: TapPhase
    private let input: Tensor
    private let upstreams: [Tensor]
    private let method: Method

    private enum Method {
        /// One gradient channel at a time; vectors run along the input channels.
        case narrow
        case direct
        case winograd
    }

    /// - Parameters:
    ///   - upstreams: one or two gradients, which stand for their concatenation along the channels.
    ///   - winograd: whether to save products where the kernel allows it.
    init(phase: TapPhase, input: Tensor, upstreams: [Tensor], winograd: Bool) {
        self.phase = phase
        self.input = input.contiguous()
        self.upstreams = upstreams.map { $0.contiguous() }
        let inChannels = input.shape[3]
        let outChannels = upstreams.reduce(0) { $0 + $1.shape[3] }
        // The transformed kernel has a row for each input channel and step; tiles take 8 of them at once.
        let saves =
            winograd && phase.allowsWinograd && inChannels >= 8 && phase.taps / 4 * inChannels % 8 == 0
            && outChannels >= 16 && input.shape[0] * phase.winogradTiles >= TapPhase.fewestWinogradTiles
        method = outChannels <= 4 && inChannels >= 8 ? .narrow : saves ? .winograd : .direct
    }

    private var inChannels: Int { input.shape[3] }
    private var outChannels: Int { upstreams.reduce(0) { $0 + $1.shape[3] } }
    private var depth: Int { phase.taps * inChannels }

    func run(output: UnsafeMutablePointer<Float>) {
        let zeros = ZeroedStorage(count: inChannels)
        withExtendedLifetime((input.storage, upstreams.map(\.storage), zeros.storage)) {
            phase.tapOffsetsY.withUnsafeBufferPointer { offsets in
                var gather = ck_gather(phase, offsets: offsets, zeros: zeros, source: input)
                var upstream = ck_upstream(
                    source: (upstreams[0].base, upstreams[0].base), channels: (upstreams[0].shape[3], 0),
                    sources: 1)
                if upstreams.count > 1 {
                    upstream.sources = 2
                    upstream.source.1 = upstreams[1].base
                    upstream.channels.1 = upstreams[1].shape[3]
                }
                switch method {
                case .narrow: runNarrow(&gather, &upstream, output)
                case .direct: runDirect(&gather, &upstream, output)
                case .winograd: runWinograd(&gather, &upstream, output)
                }
            }
        }
    }

    /// Partial sums of `blocks` kinds over slices of the batch. There are more slices when there are few
    /// blocks; their number depends on shapes only, because the order of the sum does.
    private func partialSums(
        blocks: Int, count: (Int) -> Int, _ body: (_ block: Int, _ images: Range<Int>, Storage) -> Void
    ) -> [Storage] {
        let batch = input.shape[0]
        let slices = max(1, min(batch, (8 + blocks - 1) / max(1, blocks)))
        let partials = (0..<blocks).map { block in (0..<slices).map { _ in Storage(count: count(block)) } }
        ThreadPool.shared.run(blocks * slices) { index in
            let (block, slice) = (index / slices, index % slices)
            body(block, batch * slice / slices..<batch * (slice + 1) / slices, partials[block][slice])
        }
        ThreadPool.shared.run(blocks) { block in
            let sum = partials[block][0]
            for other in partials[block].dropFirst() {
                ck_accumulate(other.pointer, sum.pointer, sum.count)
            }
        }
        return partials.map { $0[0] }
    }

    private func runNarrow(
        _ gather: UnsafePointer<ck_gather>, _ upstream: UnsafePointer<ck_upstream>,
        _ output: UnsafeMutablePointer<Float>
    ) {
        let run = 1 + phase.kernelColumns.count * inChannels
        let sums = partialSums(blocks: outChannels, count: { _ in depth }) { channel, images, result in
            let scratch = Storage(count: Int(CK_BAND_POSITIONS) * run + 16)
            ck_weight_gradient_narrow(
                gather, images.lowerBound, images.count, upstream, channel, result.pointer, scratch.pointer)
        }
        for (channel, sum) in sums.enumerated() {
            (output + channel * depth).update(from: sum.pointer, count: depth)
        }
    }

    private var panels: [(channels: Range<Int>, width: Int)] {
        stride(from: 0, to: outChannels, by: Int(CK_PANEL_CHANNELS)).map { first in
            let width = ck_panel_width(outChannels, first / Int(CK_PANEL_CHANNELS))
            return (first..<min(outChannels, first + width), width)
        }
    }

    private func runDirect(
        _ gather: UnsafePointer<ck_gather>, _ upstream: UnsafePointer<ck_upstream>,
        _ output: UnsafeMutablePointer<Float>
    ) {
        let panels = panels
        // One run of all tap columns while it is short; long runs would make the copies at the borders dear.
        let columns = phase.kernelColumns.count * inChannels <= 256 ? phase.kernelColumns.count : 1
        let run = columns * inChannels
        let parts = run == 0 ? 0 : depth / run
        let rows = ck_weight_gradient_rows(run)
        let sums = partialSums(blocks: panels.count, count: { parts * rows * panels[$0].width }) {
            block, images, result in
            let (channels, width) = panels[block]
            let scratch = Storage(count: Int(CK_BAND_POSITIONS) * (width + run) + 16)
            ck_weight_gradient(
                gather, images.lowerBound, images.count, upstream, channels.lowerBound, channels.count, width,
                columns, result.pointer, scratch.pointer)
        }
        ThreadPool.shared.run(panels.count * parts) { index in
            let (block, part) = (index / parts, index % parts)
            let (channels, width) = panels[block]
            ck_transpose(
                sums[block].pointer + part * rows * width, width,
                output + channels.lowerBound * depth + part * run, depth, run, channels.count)
        }
    }

    private func runWinograd(
        _ gather: UnsafePointer<ck_gather>, _ upstream: UnsafePointer<ck_upstream>,
        _ output: UnsafeMutablePointer<Float>
    ) {
        let panels = panels
        let length = panels.reduce(0) { $0 + $1.width }
        let rows = depth / 4
        let tiles = phase.winogradTiles
        // One block is a row of three products, for all panels: the input is transformed once for all.
        let sums = partialSums(blocks: 3, count: { _ in 3 * rows * length }) { row, images, result in
            let scratch = Storage(count: 3 * Int(CK_WINOGRAD_GROUP) * (rows + length) + outChannels + 128)
            ck_winograd_gradient(
                gather, images.lowerBound * tiles, images.count * tiles, upstream, row, result.pointer,
                scratch.pointer)
        }
        ThreadPool.shared.run(panels.count) { index in
            let (channels, width) = panels[index]
            let products = sums.map { UnsafePointer($0.pointer) + 3 * rows * channels.lowerBound }
            let taps = Storage(count: depth * width)
            withExtendedLifetime(sums) {
                products.withUnsafeBufferPointer { products in
                    var pointers: [UnsafePointer<Float>?] = Array(products)
                    ck_winograd_gradient_finish(gather, &pointers, width, taps.pointer)
                }
            }
            ck_transpose(
                taps.pointer, width, output + channels.lowerBound * depth, depth, depth, channels.count)
        }
    }
}
