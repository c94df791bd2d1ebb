import CKernels

/// Convolution by register tiles: 8 output positions x 32 output channels at once, with the input read where
/// it lies and the kernel packed so that each step of the inner loop is two vectors.
///
/// Few output channels would leave the tile's vectors empty; then inner products run along the input channels.
struct DirectConvolution {
    private let sources: [Tensor]
    private let kernel: KernelMatrix
    /// [batch, height, width, channels] of the result.
    private let shape: [Int]
    /// Positions of one piece of work: the tiles that share each read of the packed kernel.
    private static let piecePositions = 128

    init(sources: [Tensor], kernel: KernelMatrix, shape: [Int]) {
        self.sources = sources.map { $0.contiguous() }
        self.kernel = kernel
        self.shape = shape
    }

    private struct Piece {
        let phase: Int
        let positions: Range<Int>
        let panels: Range<Int>
    }

    func run(_ phases: [TapPhase], bias: Tensor?, output: UnsafeMutablePointer<Float>) {
        let bias = bias?.contiguous()
        let channels = shape[3]
        let panels = (channels + Int(CK_PANEL_CHANNELS) - 1) / Int(CK_PANEL_CHANNELS)
        let narrow = channels <= 4 && (sources.map { $0.shape[3] }.max() ?? 0) >= 8
        let kernels = phases.map { packed($0, panels: panels, narrow: narrow) }
        let zeros = ZeroedStorage(
            count: (phases.map(\.kernelColumns.count).max() ?? 0) * (sources.map { $0.shape[3] }.max() ?? 0))
        let pieces = pieces(phases, panels: narrow ? 1 : panels)
        withExtendedLifetime((sources.map(\.storage), bias?.storage, kernels, zeros.storage)) {
            ThreadPool.shared.run(pieces.count) { index in
                let piece = pieces[index]
                let phase = phases[piece.phase]
                let tiles = min(16, (piece.positions.count + 7) / 8)
                let taps = Storage(
                    count: tiles * phase.taps * sources.count * MemoryLayout<ck_tap>.stride / 4)
                withGather(phase, zeros: zeros) { gather in
                    var scatter = ck_scatter(
                        output: output, height: shape[1], width: shape[2], channels: channels,
                        first_y: phase.firstY, first_x: phase.firstX, step_y: phase.stepY,
                        step_x: phase.stepX)
                    taps.pointer.withMemoryRebound(
                        to: ck_tap.self, capacity: tiles * phase.taps * sources.count
                    ) { taps in
                        if narrow {
                            ck_convolve_narrow(
                                gather, &scatter, piece.positions.lowerBound, piece.positions.count, channels,
                                kernels[piece.phase].pointer, bias?.base, taps)
                        } else {
                            ck_convolve(
                                gather, &scatter, piece.positions.lowerBound, piece.positions.count, channels,
                                kernels[piece.phase].pointer, bias?.base, piece.panels.lowerBound,
                                piece.panels.count, taps)
                        }
                    }
                }
            }
        }
    }

    /// Small pieces in number, so that threads finish together; the panels of few positions are split too.
    private func pieces(_ phases: [TapPhase], panels: Int) -> [Piece] {
        let positions = phases.map { shape[0] * $0.rows * $0.columns }
        let blocks = positions.reduce(0) { $0 + ($1 + Self.piecePositions - 1) / Self.piecePositions }
        let share = max(1, min(panels, panels * blocks / 16))
        var result: [Piece] = []
        for (phase, total) in positions.enumerated() {
            for start in stride(from: 0, to: total, by: Self.piecePositions) {
                for panel in stride(from: 0, to: panels, by: share) {
                    result.append(
                        Piece(
                            phase: phase, positions: start..<min(total, start + Self.piecePositions),
                            panels: panel..<min(panels, panel + share)))
                }
            }
        }
        return result
    }

    private func packed(_ phase: TapPhase, panels: Int, narrow: Bool) -> Storage {
        let depth = kernel.depth(phase)
        let channels = shape[3]
        if narrow {
            let storage = Storage(count: depth * channels)
            kernel.packByOutput(phase, into: storage.pointer)
            return storage
        }
        let storage = Storage(count: depth * panels * Int(CK_PANEL_CHANNELS))
        ThreadPool.shared.run(panels) { panel in
            let first = panel * Int(CK_PANEL_CHANNELS)
            let width = ck_panel_width(channels, panel)
            kernel.pack(
                phase, channels: first..<min(channels, first + width), width: width,
                into: storage.pointer + first * depth)
        }
        return storage
    }

    private func withGather(
        _ phase: TapPhase, zeros: ZeroedStorage, _ body: (UnsafePointer<ck_gather>) -> Void
    ) {
        phase.tapOffsetsY.withUnsafeBufferPointer { offsets in
            var gather = ck_gather(phase, offsets: offsets, zeros: zeros, source: sources[0])
            if sources.count > 1 {
                gather.sources = 2
                gather.source.1 = sources[1].base
                gather.channels.1 = sources[1].shape[3]
            }
            body(&gather)
        }
    }
}

/// Pooled memory full of zeros.
struct ZeroedStorage {
    let storage: Storage

    init(count: Int) {
        storage = Storage(count: count)
        storage.pointer.update(repeating: 0, count: count)
    }
}

extension ck_gather {
    /// The taps of a phase in one source [n, h, w, c]; `offsets` must outlive the value.
    init(_ phase: TapPhase, offsets: UnsafeBufferPointer<Int>, zeros: ZeroedStorage, source: Tensor) {
        self.init(
            source: (source.base, source.base), channels: (source.shape[3], 0), sources: 1,
            height: source.shape[1], width: source.shape[2], rows: phase.rows, columns: phase.columns,
            step_y: phase.inputStepY, step_x: phase.inputStepX, tap_rows: phase.kernelRows.count,
            tap_y: offsets.baseAddress, tap_columns: phase.kernelColumns.count, tap_x: phase.firstTapX,
            zeros: zeros.storage.pointer)
    }
}
