/// Four bits a sample: the difference to the sample before in steps whose size follows the signal.
///
/// Source: IMA Digital Audio Focus and Technical Working Groups, Recommended practices for enhancing digital audio
/// compatibility in multimedia systems, revision 3.00 (1992).
public struct DifferentialCodec: Sendable {
    public init() {}

    /// What arrives of a signal within [-1, 1]; louder samples are limited.
    public func transmit(_ signal: [Float]) -> [Float] {
        var predicted = 0
        var index = 0
        return signal.map { x in
            let target = max(-32768, min(32767, Int((x * 32768).rounded())))
            let step = Self.steps[index]
            var rest = abs(target - predicted)
            var code = 0
            var change = step >> 3
            for bit in [4, 2, 1] {
                let part = bit == 4 ? step : bit == 2 ? step >> 1 : step >> 2
                if rest >= part {
                    code |= bit
                    rest -= part
                    change += part
                }
            }
            predicted += target < predicted ? -change : change
            predicted = max(-32768, min(32767, predicted))
            index = max(0, min(Self.steps.count - 1, index + Self.indexChanges[code]))
            return Float(predicted) / 32768
        }
    }

    /// By the three bits of the magnitude.
    private static let indexChanges = [-1, -1, -1, -1, 2, 4, 6, 8]

    private static let steps = [
        7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80,
        88,
        97, 107, 118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598,
        658,
        724, 796, 876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327,
        3660,
        4026, 4428, 4871, 5358, 5894, 6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818,
        18500, 20350, 22385, 24623, 27086, 29794, 32767,
    ]
}
