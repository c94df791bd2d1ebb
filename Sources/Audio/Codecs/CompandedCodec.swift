/// Eight bits a sample on a logarithmic scale, as telephone lines carry speech.
///
/// The scale is made of 16 straight segments that approach mu-law (mu = 255) or A-law (A = 87.6).
///
/// Source: ITU-T G.711 (1988), tables 1 and 2.
public enum CompandedCodec: String, Sendable, CaseIterable {
    case muLaw = "mu_law"
    case aLaw = "a_law"

    /// What arrives of a signal within [-1, 1]; louder samples are limited.
    public func transmit(_ signal: [Float]) -> [Float] { signal.map(decoded) }

    /// One sample coded and decoded.
    func decoded(_ x: Float) -> Float {
        // Levels of 14 bits for mu-law, 13 for A-law: 8159 and 4096 are the overload points.
        switch self {
        case .muLaw:
            let magnitude = min(Int(abs(x) * 8159 + 0.5), 8158) + 33
            let segment = magnitude.bitWidth - 1 - magnitude.leadingZeroBitCount - 5
            let place = (magnitude >> (segment + 1)) & 15
            // The middle of the interval, less the bias of 33.
            let level = ((33 + 2 * place) << segment) - 33
            return (x < 0 ? -1 : 1) * Float(level) / 8159
        case .aLaw:
            let magnitude = min(Int(abs(x) * 4096), 4095)
            let segment = max(0, magnitude.bitWidth - 1 - magnitude.leadingZeroBitCount - 5)
            let shift = segment + 1
            let level = ((magnitude >> shift) << shift) + (1 << shift) / 2
            return (x < 0 ? -1 : 1) * Float(level) / 4096
        }
    }
}
