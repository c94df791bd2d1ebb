import Audio
import StrictJSON
import Tensor

/// What an effect changes.
public enum AugmentationTarget: String, Sendable {
    /// Input and target alike: the pair is another performance.
    case both = "input and target"
    /// The input alone: the pair is a worse recording.
    case input
}

/// A change of training pairs that makes more of them. Nothing is changed in validation and test.
public protocol AugmentationConfig: Component {
    /// What is changed.
    static var target: AugmentationTarget { get }
    /// How often, 0 ... 1.
    var probability: Double { get set }

    /// How many samples the effect needs to give `samples`, decided by the stream that `apply` gets, too.
    func needed(for samples: Int, stream: RandomStream) -> Int

    /// Changes a pair of `needed` samples into one of `samples`; what was drawn goes into `drawn`.
    func apply(
        _ pair: inout AlignedPair, samples: Int, context: AugmentationContext, stream: RandomStream,
        drawn: inout JSONObject
    ) throws
}

extension AugmentationConfig {
    public func needed(for samples: Int, stream: RandomStream) -> Int { samples }

    static var probabilityField: Field<Self> {
        Field("probability", \.probability, in: 0...1, "how often, 0 to 1; changes \(target.rawValue)")
    }
}

/// What effects may use beside the pair.
public struct AugmentationContext: Sendable {
    public let sampleRate: Int
    /// Another pair of as many samples and its number, for remixes.
    public let partner: @Sendable (_ samples: Int, RandomStream) throws -> (pair: AlignedPair, number: Int)
}

/// All augmentations.
public enum AugmentationRegistry: Registry {
    public typealias Item = any AugmentationConfig
    public static let name = "augmentation"
    public static let kinds: [any Component.Type] = [
        TimeStretchAugmentation.self, PitchShiftAugmentation.self, GainAugmentation.self,
        TiltAugmentation.self, RemixAugmentation.self, RoomAugmentation.self, NoiseAugmentation.self,
        BandLimitAugmentation.self, CompressionAugmentation.self, ClippingAugmentation.self,
        CodecAugmentation.self, PacketLossAugmentation.self, SpectralMaskAugmentation.self,
    ]
}
