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
                withTaps(phase) { taps in
                    ThreadPool.shared.run(shape[0] * phase.rows) { index in
                        let (image, row) = (index / phase.rows, index % phase.rows)
                        let y = phase.firstY + row * phase.stepY
                        let place = ((image * shape[1] + y) * shape[2] + phase.firstX) * channels
                        ck_depthwise(
                            taps, base + image * height * width * channels, kernel.pointer, offset, row,
                            output + place, phase.stepX * channels)
                    }
                }
                withExtendedLifetime(kernel) {}
            }
        }
    }

    /// The gradient of the weight, [channels, kh, kw, 1]: images one after the other are added in order.
    func weightGradient(_ phase: TapPhase, upstream: Tensor, output: UnsafeMutablePointer<Float>) {
        let upstream = upstream.contiguous()
        let (batch, height, width, channels) = (
            input.shape[0], input.shape[1], input.shape[2], input.shape[3]
        )
        let size = phase.taps * channels
        let partials = Storage(count: max(1, batch * size))
        withExtendedLifetime((input.storage, upstream.storage)) {
            let (base, g) = (input.base, upstream.base)
            withTaps(phase) { taps in
                ThreadPool.shared.run(batch) { image in
                    ck_depthwise_weight_gradient(
                        taps, base + image * height * width * channels,
                        g + image * phase.rows * phase.columns * channels, partials.pointer + image * size)
                }
            }
        }
        if batch == 0 { partials.pointer.update(repeating: 0, count: 1) }
        for image in 1..<max(1, batch) {
            ck_accumulate(partials.pointer + image * size, partials.pointer, size)
        }
        if batch == 0 {
            output.update(repeating: 0, count: size)
        } else {
            ck_transpose(partials.pointer, channels, output, phase.taps, phase.taps, channels)
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
