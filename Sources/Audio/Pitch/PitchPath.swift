/// The most probable path through the states of pitch and voicing (Viterbi).
///
/// A voiced state without a candidate is impossible, so voiced scores are few per frame. The unvoiced ones are
/// a maximum over a moving window of all steps; only its values are kept, and the way back looks again at the
/// few states that lead to the one it stands on. Of long signals one column in every `blockLength` is kept and
/// the others of a block are computed again, which bounds memory.
///
/// Source: Viterbi, Error bounds for convolutional codes, IEEE Trans. Information Theory 13(2), 1967.
struct PitchPath {
    struct State: Equatable {
        var step: Int
        var isVoiced: Bool
    }

    let steps: PitchSteps
    let observations: PitchObservations
    let blockLength: Int

    private static let impossible: Float = -1e30
    /// Steps whose scores are computed together.
    private static let tile = 16

    private static func padded(_ count: Int) -> Int { (count + tile - 1) / tile * tile }

    init(steps: PitchSteps, observations: PitchObservations, blockLength: Int = 2048) {
        self.steps = steps
        self.observations = observations
        self.blockLength = blockLength
    }

    /// The scores of one frame's states, ln of probability up to a constant per frame.
    private struct Column {
        var unvoiced: [Float]
        /// Of the frame's entries, in their order.
        var voiced: [Float]
    }

    /// One state for every frame.
    func states() -> [State] {
        let count = observations.frameCount
        guard count > 0 else { return [] }
        var scratch = Scratch(steps)
        // Forward: the first column of every block, and all columns of the last.
        var firsts: [Column] = []
        var block: [Column] = []
        for frame in 0..<count {
            let column = frame == 0 ? first() : following(block[block.count - 1], frame, &scratch)
            if frame % blockLength == 0 {
                firsts.append(column)
                block.removeAll(keepingCapacity: true)
            }
            block.append(column)
        }
        // Backward, block by block.
        var path = [State](repeating: State(step: 0, isVoiced: false), count: count)
        path[count - 1] = best(block[block.count - 1], frame: count - 1)
        for index in firsts.indices.reversed() {
            let start = index * blockLength
            if index < firsts.count - 1 {
                block = [firsts[index]]
                for frame in start + 1..<start + blockLength {
                    block.append(following(block[block.count - 1], frame, &scratch))
                }
            }
            let end = min(count - 1, start + blockLength)
            for frame in stride(from: end - 1, through: start, by: -1) {
                path[frame] = predecessor(of: path[frame + 1], in: block[frame - start], frame: frame)
            }
        }
        return path
    }

    private func entries(_ frame: Int) -> ArraySlice<PitchObservations.Entry> {
        observations.entries[observations.starts[frame]..<observations.starts[frame + 1]]
    }

    private func first() -> Column {
        Column(
            unvoiced: [Float](repeating: observations.unvoiced[0], count: steps.count),
            voiced: entries(0).map(\.weight))
    }

    /// Room that every frame uses again. Beyond each end of a row lie impossible steps.
    private struct Scratch {
        /// Best way to arrive unvoiced, before moving.
        var toUnvoiced: [Float]
        /// Best way to arrive voiced, before moving.
        var toVoiced: [Float]

        init(_ steps: PitchSteps) {
            toUnvoiced = [Float](
                repeating: PitchPath.impossible, count: PitchPath.padded(steps.count) + 2 * steps.reach)
            toVoiced = toUnvoiced
        }
    }

    private func following(_ before: Column, _ frame: Int, _ scratch: inout Scratch) -> Column {
        let (reach, count) = (steps.reach, steps.count)
        for step in 0..<count {
            scratch.toUnvoiced[reach + step] = before.unvoiced[step] + steps.stay
            scratch.toVoiced[reach + step] = before.unvoiced[step] + steps.change
        }
        for (entry, score) in zip(entries(frame - 1), before.voiced) {
            let place = reach + entry.step
            scratch.toUnvoiced[place] = max(scratch.toUnvoiced[place], score + steps.change)
            scratch.toVoiced[place] = max(scratch.toVoiced[place], score + steps.stay)
        }
        var unvoiced = [Float](repeating: Self.impossible, count: Self.padded(count))
        var voiced: [Float] = []
        maximise(&unvoiced, over: scratch.toUnvoiced)
        unvoiced.removeLast(unvoiced.count - count)
        for entry in entries(frame) {
            var score = Self.impossible
            for move in 0...2 * reach {
                score = max(score, scratch.toVoiced[entry.step + move] + steps.moves[move])
            }
            voiced.append(score + entry.weight)
        }
        // Only differences within a frame matter; without this, precision would fade along the signal.
        let top = unvoiced.max() ?? 0
        let observed = observations.unvoiced[frame]
        for step in 0..<count { unvoiced[step] += observed - top }
        for index in voiced.indices { voiced[index] -= top }
        return Column(unvoiced: unvoiced, voiced: voiced)
    }

    /// target[s] = max over moves m of source[s + m] + ln p(m), sixteen steps at a time.
    private func maximise(_ target: inout [Float], over source: [Float]) {
        let (count, moves) = (steps.count, steps.moves.count)
        source.withUnsafeBytes { source in
            steps.moves.withUnsafeBufferPointer { weights in
                target.withUnsafeMutableBytes { target in
                    for first in stride(from: 0, to: count, by: PitchPath.tile) {
                        var best = SIMD16<Float>(repeating: Self.impossible)
                        for move in 0..<moves {
                            let scores =
                                source.loadUnaligned(
                                    fromByteOffset: (first &+ move) &* 4, as: SIMD16<Float>.self)
                                + weights[move]
                            best.replace(with: scores, where: scores .> best)
                        }
                        target.storeBytes(of: best, toByteOffset: first &* 4, as: SIMD16<Float>.self)
                    }
                }
            }
        }
    }

    private func best(_ column: Column, frame: Int) -> State {
        var (state, top) = (State(step: 0, isVoiced: false), -Float.infinity)
        for (entry, score) in zip(entries(frame), column.voiced) where score > top {
            (state, top) = (State(step: entry.step, isVoiced: true), score)
        }
        for (step, score) in column.unvoiced.enumerated() where score > top {
            (state, top) = (State(step: step, isVoiced: false), score)
        }
        return state
    }

    /// The state of `frame` that leads best to `state` in the next one; the nearest step among equals.
    private func predecessor(of state: State, in column: Column, frame: Int) -> State {
        var (found, top) = (State(step: state.step, isVoiced: false), -Float.infinity)
        let change = state.isVoiced ? steps.change : steps.stay
        for distance in 0...steps.reach {
            for step in distance == 0 ? [state.step] : [state.step - distance, state.step + distance]
            where (0..<steps.count).contains(step) {
                let score = column.unvoiced[step] + change + steps.moves[steps.reach + distance]
                if score > top { (found, top) = (State(step: step, isVoiced: false), score) }
            }
        }
        let voicedChange = state.isVoiced ? steps.stay : steps.change
        for (entry, before) in zip(entries(frame), column.voiced) {
            let distance = abs(entry.step - state.step)
            guard distance <= steps.reach else { continue }
            let score = before + voicedChange + steps.moves[steps.reach + distance]
            if score > top { (found, top) = (State(step: entry.step, isVoiced: true), score) }
        }
        return found
    }
}
