import CSndfile
import Foundation

/// What kind of file sound is stored in: the container and how samples are coded within it.
public struct AudioFormat: Sendable, Equatable, CustomStringConvertible {
    public enum Container: String, Sendable, CaseIterable {
        case wav = "WAV"
        case wavExtensible = "WAV (extensible)"
        case flac = "FLAC"
        case ogg = "OGG"
        case mp3 = "MP3"
        case aiff = "AIFF"
        case au = "AU"
        case caf = "CAF"
        case w64 = "W64"
        case rf64 = "RF64"
        case other = "other"

        var code: Int32 {
            switch self {
            case .wav: Int32(SF_FORMAT_WAV)
            case .wavExtensible: Int32(SF_FORMAT_WAVEX)
            case .flac: Int32(SF_FORMAT_FLAC)
            case .ogg: Int32(SF_FORMAT_OGG)
            case .mp3: Int32(SF_FORMAT_MPEG)
            case .aiff: Int32(SF_FORMAT_AIFF)
            case .au: Int32(SF_FORMAT_AU)
            case .caf: Int32(SF_FORMAT_CAF)
            case .w64: Int32(SF_FORMAT_W64)
            case .rf64: Int32(SF_FORMAT_RF64)
            case .other: 0
            }
        }
    }

    public enum SampleFormat: String, Sendable, CaseIterable {
        case pcm8 = "8-bit PCM"
        case pcmUnsigned8 = "unsigned 8-bit PCM"
        case pcm16 = "16-bit PCM"
        case pcm24 = "24-bit PCM"
        case pcm32 = "32-bit PCM"
        case float32 = "32-bit float"
        case float64 = "64-bit float"
        case vorbis = "Vorbis"
        case opus = "Opus"
        case mpegLayer3 = "MPEG layer III"
        case muLaw = "mu-law"
        case aLaw = "A-law"
        case other = "other"

        var code: Int32 {
            switch self {
            case .pcm8: Int32(SF_FORMAT_PCM_S8)
            case .pcmUnsigned8: Int32(SF_FORMAT_PCM_U8)
            case .pcm16: Int32(SF_FORMAT_PCM_16)
            case .pcm24: Int32(SF_FORMAT_PCM_24)
            case .pcm32: Int32(SF_FORMAT_PCM_32)
            case .float32: Int32(SF_FORMAT_FLOAT)
            case .float64: Int32(SF_FORMAT_DOUBLE)
            case .vorbis: Int32(SF_FORMAT_VORBIS)
            case .opus: Int32(SF_FORMAT_OPUS)
            case .mpegLayer3: Int32(SF_FORMAT_MPEG_LAYER_III)
            case .muLaw: Int32(SF_FORMAT_ULAW)
            case .aLaw: Int32(SF_FORMAT_ALAW)
            case .other: 0
            }
        }

        /// Bits of an integer sample; nil for anything that is not linear PCM.
        public var integerBits: Int? {
            switch self {
            case .pcm8, .pcmUnsigned8: 8
            case .pcm16: 16
            case .pcm24: 24
            case .pcm32: 32
            default: nil
            }
        }
    }

    /// The library's code of container, coding and byte order, kept whole so that a file can be written back alike.
    let code: Int32

    init(code: Int32) { self.code = code }

    public init(_ container: Container, _ sampleFormat: SampleFormat) {
        code = container.code | sampleFormat.code
    }

    public var container: Container {
        let part = code & Int32(SF_FORMAT_TYPEMASK)
        return Container.allCases.first { $0 != .other && $0.code == part } ?? .other
    }

    public var sampleFormat: SampleFormat {
        let part = code & Int32(SF_FORMAT_SUBMASK)
        return SampleFormat.allCases.first { $0 != .other && $0.code == part } ?? .other
    }

    /// For example `WAV, 16-bit PCM`.
    public var description: String { "\(container.rawValue), \(sampleFormat.rawValue)" }

    /// The endings for which a file can be written.
    public static let writableExtensions = [
        "wav", "flac", "ogg", "opus", "mp3", "aiff", "aif", "au", "caf", "w64", "rf64",
    ]

    /// The format a file of this name is written in: that of `source` when the ending agrees with it,
    /// else the ending's own container with the source's sample format where the container allows it.
    ///
    /// - Throws: `AudioFileError.unsupported` when the ending names no format that can be written.
    public static func forWriting(to url: URL, like source: AudioFormat? = nil) throws -> AudioFormat {
        let ending = url.pathExtension.lowercased()
        let fallback: AudioFormat
        switch ending {
        case "wav", "wave": fallback = AudioFormat(.wav, .pcm16)
        case "flac": fallback = AudioFormat(.flac, .pcm16)
        case "ogg", "oga": fallback = AudioFormat(.ogg, .vorbis)
        case "opus": fallback = AudioFormat(.ogg, .opus)
        case "mp3": fallback = AudioFormat(.mp3, .mpegLayer3)
        case "aiff", "aif": fallback = AudioFormat(.aiff, .pcm16)
        case "au": fallback = AudioFormat(.au, .pcm16)
        case "caf": fallback = AudioFormat(.caf, .pcm16)
        case "w64": fallback = AudioFormat(.w64, .pcm16)
        case "rf64": fallback = AudioFormat(.rf64, .pcm16)
        default:
            throw AudioFileError.unsupported(
                path: url.path,
                reason: ending.isEmpty
                    ? "the name has no ending that tells the format"
                    : "'.\(ending)' names no format that can be written")
        }
        guard let source else { return fallback }
        if source.container == fallback.container { return source }
        if fallback.container == .wav, source.container == .wavExtensible { return source }
        let mixed = AudioFormat(fallback.container, source.sampleFormat)
        return mixed.canBeWritten(sampleRate: 44100, channelCount: 1) ? mixed : fallback
    }

    private static let opusRates: Set<Int> = [8000, 12000, 16000, 24000, 48000]

    func canBeWritten(sampleRate: Int, channelCount: Int) -> Bool {
        guard let rate = Int32(exactly: sampleRate), let channels = Int32(exactly: channelCount) else {
            return false
        }
        // The library's own check forgets that Opus has few rates.
        if sampleFormat == .opus, !Self.opusRates.contains(sampleRate) { return false }
        var info = SF_INFO()
        info.samplerate = rate
        info.channels = channels
        info.format = code
        return sf_format_check(&info) != 0
    }
}
