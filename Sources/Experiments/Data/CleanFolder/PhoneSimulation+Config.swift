import Audio
import StrictJSON

// The simulation's configuration is what a file may say about it: one source of defaults.

extension PhoneSimulation.CodecShares: Configurable {
    public static let fields: [Field<Self>] = [
        Field("none", \.none, in: 0..., "no codec"),
        Field("mu_law", \.muLaw, in: 0..., "G.711 mu-law, 8 bits a sample"),
        Field("a_law", \.aLaw, in: 0..., "G.711 A-law, 8 bits a sample"),
        Field("adpcm", \.differential, in: 0..., "IMA ADPCM, 4 bits a sample"),
        Field("transform", \.transform, in: 0..., "a transform codec with too few bits"),
    ]

    public func validate() throws {
        guard none + muLaw + aLaw + differential + transform > 0 else {
            throw JSONError("all shares are 0; at least one codec, or none, must be above 0")
        }
    }
}

extension PhoneSimulation: Configurable {
    public static let fields: [Field<Self>] = [
        Field("room_share", \.roomShare, in: 0...1, "share of recordings made in a room"),
        Field("room_width", \.roomWidth, "m"),
        Field("room_depth", \.roomDepth, "m"),
        Field("room_height", \.roomHeight, "m"),
        Field("t60", \.t60, "reverberation time, s"),
        Field("distance", \.distance, "from the mouth to the microphone, m"),
        Field("low_cut", \.lowCut, "lower edge of the microphone's band, Hz"),
        Field("high_cut", \.highCut, "upper edge of the microphone's band, Hz"),
        Field("resonances", \.resonances, "how many resonances the housing has"),
        Field("resonance_frequency", \.resonanceFrequency, "Hz"),
        Field("resonance_gain", \.resonanceGain, "dB"),
        Field("resonance_quality", \.resonanceQuality, "centre over bandwidth"),
        Field("handling_share", \.handlingShare, in: 0...1, "share of recordings with a hand on the phone"),
        Field("handling_rate", \.handlingRate, "thumps a second"),
        Field("handling_level", \.handlingLevel, "peak of the thumps over the active level, dB"),
        Field("gain_share", \.gainShare, in: 0...1, "share with automatic gain (see gain_exponent)"),
        Field("clip_share", \.clipShare, in: 0...1, "share that is clipped (see clip_fraction)"),
        Field("codec_shares", \.codecShares, "relative frequency of each codec"),
        Field("transform_ratio", \.transformRatio, "of the transform codec: signal to rounding noise, dB"),
        Field("transform_edge", \.transformEdge, "of the transform codec: highest frequency, Hz"),
        Field("loss_share", \.lossShare, in: 0...1, "share of recordings that lose packets"),
        Field("packet_loss", \.packetLoss, "share of packets lost there"),
    ]

    public func validate() throws {
        func check(_ key: JSONPath, _ interval: Interval, _ accepted: ClosedRange<Double>) throws {
            guard accepted.contains(interval.minimum), accepted.contains(interval.maximum) else {
                throw JSONError(
                    at: key, "\(interval.json.canonicalText) is out of range; accepted: \(accepted.summary)")
            }
        }
        try check("room_width", roomWidth, 1.5...50)
        try check("room_depth", roomDepth, 1.5...50)
        try check("room_height", roomHeight, 1.5...20)
        try check("t60", t60, 0.02...3)
        try check("distance", distance, 0.02...20)
        try check("low_cut", lowCut, 5...2000)
        try check("high_cut", highCut, 500...48000)
        try check("resonances", resonances, 0...12)
        try check("resonance_frequency", resonanceFrequency, 50...20000)
        try check("resonance_gain", resonanceGain, -30...30)
        try check("resonance_quality", resonanceQuality, 0.1...50)
        try check("handling_rate", handlingRate, 0...20)
        try check("handling_level", handlingLevel, -60...40)
        try check("transform_ratio", transformRatio, -10...60)
        try check("transform_edge", transformEdge, 200...48000)
        try check("packet_loss", packetLoss, 0...0.8)
    }
}

extension JSONValue {
    /// Without a simulation that is not there: what was hashed before there were simulations keeps its hash.
    var withoutEmptySimulation: JSONValue {
        guard let object = objectValue, object["simulation"] == .null else { return self }
        return .object(JSONObject(object.members.filter { $0.key != "simulation" }))
    }
}
