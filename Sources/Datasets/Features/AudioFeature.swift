import Audio
import StrictJSON
import Tensor

/// A feature that can be computed of a sound and kept in a `FeatureCache`: one component for each kind, whose keys
/// are its parameters.
public protocol AudioFeature: Component {
    /// Goes up when the same parameters give other numbers, so that nothing old is used.
    static var version: Int { get }

    /// What the columns of the array are, with units, for documents and manifests.
    static var columns: String { get }

    /// The feature as an array [frames x width].
    ///
    /// - Parameters:
    ///   - samples: mono, finite, at least one.
    ///   - sampleRate: hertz.
    /// - Throws: `DatasetError` if the parameters do not fit the rate.
    func compute(_ samples: [Float], sampleRate: Int) throws -> NumpyArray
}

/// All features that can be cached.
public enum FeatureRegistry: Registry {
    public typealias Item = any AudioFeature
    public static let name = "feature"
    public static let kinds: [any Component.Type] = [
        LogMelFeature.self, PitchFeature.self, OnsetFeature.self, LoudnessFeature.self,
        SpectralShapeFeature.self,
    ]
}

extension NumpyArray {
    /// Columns of equal length side by side, [frames x columns].
    init(columns: [[Double]]) {
        let frames = columns.map(\.count).min() ?? 0
        var values: [Float] = []
        values.reserveCapacity(frames * columns.count)
        for frame in 0..<frames { for column in columns { values.append(Float(column[frame])) } }
        self.init(shape: [frames, columns.count], values: values)
    }
}
