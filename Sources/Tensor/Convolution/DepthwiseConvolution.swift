import CKernels

/// Convolutions with as many groups as input and output channels: each channel sees itself alone.
struct DepthwiseConvolution {
    private let input: Tensor

    init(input: Tensor) { self.input = input.contiguous() }

    /// Whether a kernel [channels, kh, kw, 1] belongs to such a convolution.
    static func suits(_ geometry: ConvolutionGeometry, weight: [Int]) -> Bool {
        geometry.groups > 1 && weight[0] == geometry.groups && weight[3] == 1
    }

    /// Writes every position of `output` [n, h, w, c] that a phase names.
    func run(
        _ phases: [TapPhase], weight: Tensor, bias: Tensor?, shape: [Int],
        output: UnsafeMutablePointer<Float>
    ) {
        let bias = bias?.contiguous()
        let (height, width, channels) = (input.shape[1], input.shape[2], input.shape[3])
        withExtendedLifetime((input.storage, bias?.storage)) {
            let (base, offset) = (input.base, bias?.base)
            for phase in phases {
                let kernel = Self.pack(weight, phase)
                let stretches = Stretches(
                    phase, batch: shape[0], length: max(1, Elementwise.grain / max(1, channels)))
                withTaps(phase) { taps in
                    ThreadPool.shared.run(stretches.count) { index in
                        let (image, row, columns) = stretches[index]
                        let y = phase.firstY + row * phase.stepY
                        let place = ((image * shape[1] + y) * shape[2] + phase.firstX) * channels
                        ck_depthwise(
                            taps, base + image * height * width * channels, kernel.pointer, offset, row,
                            columns.lowerBound, columns.upperBound, output + place, phase.stepX * channels)
                    }
                }
                withExtendedLifetime(kernel) {}
            }
        }
    }

    /// The gradient of the weight, [channels, kh, kw, 1]: pieces of fixed size are added in order.
    func weightGradient(_ phase: TapPhase, upstream: Tensor, output: UnsafeMutablePointer<Float>) {
        let upstream = upstream.contiguous()
        let (batch, height, width, channels) = (
            input.shape[0], input.shape[1], input.shape[2], input.shape[3]
        )
        let size = phase.taps * channels
        // Sums over so many positions stay exact. A piece is worth its own sums, which are added to the others'.
        let stretches = Stretches(phase, batch: batch, length: 128)
        let grain = max(1, max(Elementwise.grain, 8 * size) / max(1, 128 * channels))
        let pieces = max(1, (stretches.count + grain - 1) / grain)
        let partials = Storage(count: max(1, pieces * size))
        partials.pointer.update(repeating: 0, count: pieces * size)
        withExtendedLifetime((input.storage, upstream.storage)) {
            let (base, g) = (input.base, upstream.base)
            withTaps(phase) { taps in
                ThreadPool.shared.run(stretches.count, grain: grain) { range in
                    let scratch = Storage(count: size)
                    for index in range {
                        let (image, row, columns) = stretches[index]
                        ck_depthwise_weight_gradient(
                            taps, base + image * height * width * channels,
                            g + image * phase.rows * phase.columns * channels, row, columns.lowerBound,
                            columns.upperBound, scratch.pointer,
                            partials.pointer + range.lowerBound / grain * size)
                    }
                }
            }
        }
        for piece in 1..<pieces { ck_accumulate(partials.pointer + piece * size, partials.pointer, size) }
        ck_transpose(partials.pointer, channels, output, phase.taps, phase.taps, channels)
    }

    /// The positions of a batch of images, cut into stretches of rows.
    private struct Stretches {
        let rows, columns, length, count: Int

        init(_ phase: TapPhase, batch: Int, length: Int) {
            (rows, columns, self.length) = (phase.rows, phase.columns, length)
            count = batch * rows * ((columns + length - 1) / length)
        }

        subscript(index: Int) -> (image: Int, row: Int, columns: Range<Int>) {
            let perRow = (columns + length - 1) / length
            let start = index % perRow * length
            return (index / perRow / rows, index / perRow % rows, start..<min(columns, start + length))
        }
    }

    /// The kernel as [tap row][tap column][channels], in the order of the phase.
    private static func pack(_ weight: Tensor, _ phase: TapPhase) -> Storage {
        let plain = weight.contiguous()
        let (channels, columns) = (weight.shape[0], weight.shape[2])
        let area = weight.shape[1] * columns
        let packed = Storage(count: max(1, phase.taps * channels))
        withExtendedLifetime(plain.storage) {
            var to = packed.pointer
            for row in phase.kernelRows {
                for column in phase.kernelColumns {
                    for channel in 0..<channels {
                        to[channel] = plain.base[channel * area + row * columns + column]
                    }
                    to += channels
                }
            }
        }
        return packed
    }

    private func withTaps(_ phase: TapPhase, _ body: (UnsafePointer<ck_depthwise_taps>) -> Void) {
        phase.tapOffsetsY.withUnsafeBufferPointer { offsets in
            var taps = ck_depthwise_taps(
                height: input.shape[1], width: input.shape[2], channels: input.shape[3], rows: phase.rows,
                columns: phase.columns, step_y: phase.inputStepY, step_x: phase.inputStepX,
                tap_rows: phase.kernelRows.count, tap_y: offsets.baseAddress,
                tap_columns: phase.kernelColumns.count, tap_x: phase.firstTapX, tap_step_x: phase.tapStepX)
            body(&taps)
        }
    }
}
