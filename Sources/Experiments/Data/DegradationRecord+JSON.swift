import Audio
import StrictJSON

extension DegradationRecord {
    /// What was drawn; steps that were not applied are absent.
    public var json: JSONValue {
        var object: JSONObject = ["class": .string(degradationClass.rawValue)]
        func add(_ key: String, _ value: Double?) { if let value { object[key] = .number(value) } }
        if let noiseKind { object["noise_kind"] = .string(noiseKind.rawValue) }
        if let noiseFamily { object["noise_family"] = .string(noiseFamily) }
        add("snr", snr)
        add("t60", t60)
        add("direct_to_reverberant", directToReverberant)
        add("gain_exponent", gainExponent)
        add("clip_fraction", clipFraction)
        add("least_squares_gain", leastSquaresGain)
        add("pair_gain", pairGain)
        if let simulation {
            if let size = simulation.roomSize { object["room_size"] = .array(size.map(JSONValue.number)) }
            add("distance", simulation.distance)
            add("low_cut", simulation.lowCut)
            add("high_cut", simulation.highCut)
            object["resonances"] = .array(
                simulation.resonances.map { [.number($0.frequency), .number($0.gain), .number($0.quality)] })
            add("handling_level", simulation.handlingLevel)
            if let codec = simulation.codec { object["codec"] = .string(codec) }
            add("transform_ratio", simulation.transformRatio)
            add("transform_edge", simulation.transformEdge)
            add("packet_loss", simulation.packetLoss)
        }
        return .object(object)
    }
}
