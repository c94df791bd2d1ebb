/// One synthesised studio performance with everything that is known about it.
public struct Performance: Sendable {
    /// A part of the performance, such as `voice` or `bass`.
    public struct Stem: Sendable {
        public var name: String
        /// As long as the performance.
        public var samples: [Float]

        public init(name: String, samples: [Float]) {
            self.name = name
            self.samples = samples
        }
    }

    /// The beginning of a note, a drum stroke or a phoneme.
    public struct Onset: Sendable, Hashable {
        /// Seconds from the start of the performance.
        public var time: Double
        /// A phoneme in ASCII (`s`, `sh`, `a`), a note (`lead 69`, MIDI number) or a drum (`kick`).
        public var label: String

        public init(time: Double, label: String) {
            self.time = time
            self.label = label
        }
    }

    public var kind: Synthesiser.Kind
    /// Hz.
    public var sampleRate: Int
    /// The mono mixture, full scale ±1.
    public var samples: [Float]
    /// Parts that sum to ``samples``, room and noise floor included.
    public var stems: [Stem]
    /// Fundamental frequency in Hz at the instants 0, `pitchHop`, 2 `pitchHop` ...; 0 where unvoiced.
    /// Of music, that of the lead.
    public var pitch: [Float]
    /// Seconds between two values of ``pitch``.
    public var pitchHop: Double
    /// In order of time.
    public var onsets: [Onset]

    public init(
        kind: Synthesiser.Kind, sampleRate: Int, samples: [Float], stems: [Stem], pitch: [Float],
        pitchHop: Double = 0.01, onsets: [Onset]
    ) {
        self.kind = kind
        self.sampleRate = sampleRate
        self.samples = samples
        self.stems = stems
        self.pitch = pitch
        self.pitchHop = pitchHop
        self.onsets = onsets
    }
}
