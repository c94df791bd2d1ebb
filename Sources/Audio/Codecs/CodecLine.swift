import Tensor

/// A codec drawn from several, with a signal that fills its range.
public struct CodecLine: Sendable {
    public let shares: PhoneSimulation.CodecShares
    public let ratio: PhoneSimulation.Interval
    public let edge: PhoneSimulation.Interval

    public init(
        shares: PhoneSimulation.CodecShares, ratio: PhoneSimulation.Interval, edge: PhoneSimulation.Interval
    ) {
        self.shares = shares
        self.ratio = ratio
        self.edge = edge
    }

    /// What was drawn; nil where there was no codec, or it has no such parameter.
    public struct Drawn: Sendable, Equatable {
        public var name: String?
        public var ratio: Double?
        public var edge: Double?
    }

    /// As long as the signal and aligned with it.
    public func transmit(
        _ signal: [Float], sampleRate: Int, stream: RandomStream
    ) -> (signal: [Float], drawn: Drawn) {
        var stream = stream
        let choice = stream.weighted([
            shares.none, shares.muLaw, shares.aLaw, shares.differential, shares.transform,
        ])
        let peak = signal.reduce(0) { max($0, abs($1)) }
        let gain: Float = peak > 0 ? 0.9 / peak : 1
        let loud = signal.map { $0 * gain }
        var drawn = Drawn()
        let heard: [Float]
        switch choice {
        case 1: (drawn.name, heard) = ("mu_law", CompandedCodec.muLaw.transmit(loud))
        case 2: (drawn.name, heard) = ("a_law", CompandedCodec.aLaw.transmit(loud))
        case 3: (drawn.name, heard) = ("adpcm", DifferentialCodec().transmit(loud))
        case 4:
            let codec = TransformCodec(
                ratio: stream.uniform(ratio.range), edge: stream.uniform(edge.range))
            drawn = Drawn(name: "transform", ratio: codec.ratio, edge: codec.edge)
            heard = codec.transmit(loud, sampleRate: sampleRate)
        default: return (signal, drawn)
        }
        return (heard.map { $0 / gain }, drawn)
    }
}
