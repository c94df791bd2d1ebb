import CKernels

/// Convolution by register tiles: 8 output positions x 32 output channels at once, with the input read where
/// it lies and the kernel packed so that each step of the inner loop is two vectors.
struct TiledConvolution {
    private let sources: [Tensor]
    private let kernel: KernelMatrix
    /// [batch, height, width, channels] of the result.
    private let shape: [Int]
    private let winograd: Bool
    private let panels: Int

    /// - Parameter winograd: whether to save products where the kernel allows it.
    init(sources: [Tensor], kernel: KernelMatrix, shape: [Int], winograd: Bool) {
        self.sources = sources.map { $0.contiguous() }
        self.kernel = kernel
        self.shape = shape
        self.winograd = winograd
        panels = (shape[3] + Int(CK_PANEL_CHANNELS) - 1) / Int(CK_PANEL_CHANNELS)
    }

    private enum Method {
        /// Few output channels would leave the tile's vectors empty: inner products along the input channels.
        case narrow
        /// The definition; work is counted in output positions.
        case direct
        /// Nine products for each 2 x 2 outputs; work is counted in such tiles.
        case winograd
    }

    /// Phases that are computed together, how, and their kernels in the order that the method wants.
    private struct Plan {
        let phases: [TapPhase]
        let method: Method
        let units: Int
        let kernel: Storage
    }

    private struct Piece {
        let plan: Int
        let units: Range<Int>
        let panels: Range<Int>
    }

    func run(_ phases: [TapPhase], bias: Tensor?, output: UnsafeMutablePointer<Float>) {
        let bias = bias?.contiguous()
        let channels = sources.map { $0.shape[3] }.max() ?? 0
        let zeros = ZeroedStorage(count: (phases.map(\.kernelColumns.count).max() ?? 0) * channels)
        withExtendedLifetime((sources.map(\.storage), bias?.storage, zeros.storage)) {
            let plans = plans(phases, zeros: zeros)
            let pieces = pieces(plans)
            ThreadPool.shared.run(pieces.count) { index in
                let piece = pieces[index]
                run(piece, plans[piece.plan], zeros: zeros, bias: bias?.base, output: output)
            }
        }
    }

    private func plans(_ phases: [TapPhase], zeros: ZeroedStorage) -> [Plan] {
        let channels = sources.map { $0.shape[3] }
        if shape[3] <= 4 && (channels.max() ?? 0) >= 8 {
            return phases.map { phase in
                let packed = Storage(count: kernel.depth(phase) * shape[3])
                kernel.packByOutput(phase, into: packed.pointer)
                return Plan(phases: [phase], method: .narrow, units: positions(phase), kernel: packed)
            }
        }
        if winograd, TapPhase.shareOperands(phases), worthwhile(phases[0], fewestOutputs: 32) {
            return [
                Plan(
                    phases: phases, method: .winograd, units: shape[0] * phases[0].winogradTiles,
                    kernel: transformed(phases, zeros: zeros))
            ]
        }
        return phases.map { phase in
            winograd && phase.inputStepY == 2 && worthwhile(phase, fewestOutputs: 16)
                ? Plan(
                    phases: [phase], method: .winograd, units: shape[0] * phase.winogradTiles,
                    kernel: transformed([phase], zeros: zeros))
                : Plan(
                    phases: [phase], method: .direct, units: positions(phase), kernel: packed(phase))
        }
    }

    private func positions(_ phase: TapPhase) -> Int { shape[0] * phase.rows * phase.columns }

    /// Whether the saved products outweigh the transformations.
    private func worthwhile(_ phase: TapPhase, fewestOutputs: Int) -> Bool {
        phase.allowsWinograd && sources.allSatisfy { $0.shape[3] >= 8 } && shape[3] >= fewestOutputs
            && shape[0] * phase.winogradTiles >= TapPhase.fewestWinogradTiles
    }

    private func packed(_ phase: TapPhase) -> Storage {
        let depth = kernel.depth(phase)
        let storage = Storage(count: depth * panels * Int(CK_PANEL_CHANNELS))
        ThreadPool.shared.run(panels) { panel in
            pack(phase, panel: panel, into: storage.pointer + panel * Int(CK_PANEL_CHANNELS) * depth)
        }
        return storage
    }

    private func pack(_ phase: TapPhase, panel: Int, into packed: UnsafeMutablePointer<Float>) {
        let first = panel * Int(CK_PANEL_CHANNELS)
        let width = ck_panel_width(shape[3], panel)
        kernel.pack(phase, channels: first..<min(shape[3], first + width), width: width, into: packed)
    }

    /// Floats of one panel of a transformed kernel.
    private func transformedPanel(_ phase: TapPhase) -> Int {
        Int(CK_PANEL_CHANNELS) * Int(CK_WINOGRAD_PRODUCTS) * kernel.depth(phase) / 4
    }

    private func transformed(_ phases: [TapPhase], zeros: ZeroedStorage) -> Storage {
        let size = transformedPanel(phases[0])
        let storage = Storage(count: phases.count * panels * size)
        ThreadPool.shared.run(phases.count * panels) { index in
            let (phase, panel) = (phases[index / panels], index % panels)
            let packed = Storage(count: kernel.depth(phase) * Int(CK_PANEL_CHANNELS))
            pack(phase, panel: panel, into: packed.pointer)
            withGather(phase, zeros: zeros) { gather in
                ck_winograd_pack(
                    gather, packed.pointer, ck_panel_width(shape[3], panel), storage.pointer + index * size)
            }
        }
        return storage
    }

    /// Small pieces in number, so that threads finish together; the panels of few positions are split too.
    private func pieces(_ plans: [Plan]) -> [Piece] {
        let sizes = plans.map { $0.method == .winograd ? Int(CK_WINOGRAD_GROUP) : 128 }
        let blocks = zip(plans, sizes).reduce(0) { $0 + ($1.0.units + $1.1 - 1) / $1.1 }
        var result: [Piece] = []
        for (index, plan) in plans.enumerated() {
            let panels = plan.method == .narrow ? 1 : panels
            let share = max(1, min(panels, panels * blocks / 16))
            // Whole images keep what neighbouring pieces read in cache, while there are enough of them.
            let size = sizes[index] * max(1, min(8, blocks / 64))
            for start in stride(from: 0, to: plan.units, by: size) {
                for panel in stride(from: 0, to: panels, by: share) {
                    result.append(
                        Piece(
                            plan: index, units: start..<min(plan.units, start + size),
                            panels: panel..<min(panels, panel + share)))
                }
            }
        }
        return result
    }

    private func run(
        _ piece: Piece, _ plan: Plan, zeros: ZeroedStorage, bias: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>
    ) {
        let phase = plan.phases[0]
        let channels = shape[3]
        var scatter = ck_scatter(
            output: output, height: shape[1], width: shape[2], channels: channels, first_y: phase.firstY,
            first_x: phase.firstX, step_y: phase.stepY, step_x: phase.stepX)
        withGather(phase, zeros: zeros) { gather in
            if plan.method == .winograd {
                let scratch = Storage(
                    count: ck_winograd_scratch(kernel.depth(phase) / 4, plan.phases.count))
                ck_winograd_convolve(
                    gather, &scatter, piece.units.lowerBound, piece.units.count, plan.phases.count, channels,
                    plan.kernel.pointer, panels * transformedPanel(phase), bias, piece.panels.lowerBound,
                    piece.panels.count, scratch.pointer)
                return
            }
            let room = 16 * phase.taps * sources.count
            let scratch = Storage(count: room * MemoryLayout<ck_tap>.stride / MemoryLayout<Float>.stride)
            scratch.pointer.withMemoryRebound(to: ck_tap.self, capacity: room) { taps in
                if plan.method == .narrow {
                    ck_convolve_narrow(
                        gather, &scatter, piece.units.lowerBound, piece.units.count, channels,
                        plan.kernel.pointer, bias, taps)
                } else {
                    ck_convolve(
                        gather, &scatter, piece.units.lowerBound, piece.units.count, channels,
                        plan.kernel.pointer, bias, piece.panels.lowerBound, piece.panels.count, taps)
                }
            }
        }
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
