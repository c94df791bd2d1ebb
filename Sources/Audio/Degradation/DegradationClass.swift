/// What happened to a recording on its way through the phone.
public enum DegradationClass: String, Codable, Sendable {
    /// Additive noise only.
    case noise = "N"
    /// Telephone channel: band-pass 300-3400 Hz, 8 kHz, mu-law, often with a room and noise before it.
    case phone = "P"
    /// Small room and noise; the target is the dry signal.
    case room = "R"
    /// Automatic gain control, clipping and noise.
    case gain = "A"
    /// A whole simulated phone; see `PhoneSimulation`.
    case simulated = "S"

    /// The classes that a chain without a simulation goes round.
    public static let chain: [DegradationClass] = [.noise, .phone, .room, .gain]

    /// One line for tables and messages.
    public var summary: String {
        switch self {
        case .noise: "additive noise"
        case .phone: "telephone channel and noise"
        case .room: "room and noise"
        case .gain: "automatic gain control, clipping and noise"
        case .simulated: "a simulated phone: room, microphone, noises, gain, codec"
        }
    }
}

/// The kinds of background noise that the degradation chain makes.
public enum NoiseKind: String, Codable, CaseIterable, Sendable {
    case ambience
    case babble
    case keys
    case hum
    case white
    case pink
    case brown
}

/// Which part of a data set an item belongs to: noises of the parts differ, so that the noises of the
/// test set were never heard in training.
public enum DataSplit: String, Codable, CaseIterable, Sendable {
    case train
    case validation
    case test
}
