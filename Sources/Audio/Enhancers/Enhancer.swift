/// Something that makes a recording sound cleaner, sample for sample.
public protocol Enhancer {
    /// The name in tables, for example `spectral subtraction`.
    var name: String { get }

    /// The enhanced channel: as many samples, aligned to the input.
    ///
    /// - Parameters:
    ///   - samples: one channel.
    ///   - sampleRate: hertz.
    func enhance(_ samples: [Float], sampleRate: Int) -> [Float]
}
