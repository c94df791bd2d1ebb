import CSndfile

/// The words that a sound file carries beside its samples: INFO chunks of WAV, Vorbis comments, ID3 tags.
public struct AudioMetadata: Sendable, Equatable {
    public enum Field: String, Sendable, CaseIterable {
        case title, artist, album, date, genre, comment, copyright, software
        case trackNumber = "track_number"
        case license

        var code: Int32 {
            switch self {
            case .title: Int32(SF_STR_TITLE)
            case .artist: Int32(SF_STR_ARTIST)
            case .album: Int32(SF_STR_ALBUM)
            case .date: Int32(SF_STR_DATE)
            case .genre: Int32(SF_STR_GENRE)
            case .comment: Int32(SF_STR_COMMENT)
            case .copyright: Int32(SF_STR_COPYRIGHT)
            case .software: Int32(SF_STR_SOFTWARE)
            case .trackNumber: Int32(SF_STR_TRACKNUMBER)
            case .license: Int32(SF_STR_LICENSE)
            }
        }
    }

    /// The fields that are there; an empty text counts as absent.
    public private(set) var fields: [Field: String] = [:]

    public init(_ fields: [Field: String] = [:]) {
        for (field, text) in fields { self[field] = text }
    }

    public subscript(field: Field) -> String? {
        get { fields[field] }
        set { fields[field] = newValue.flatMap { $0.isEmpty ? nil : $0 } }
    }

    public var isEmpty: Bool { fields.isEmpty }

    /// What an open file says of itself.
    init(of handle: OpaquePointer) {
        for field in Field.allCases {
            guard let text = sf_get_string(handle, field.code) else { continue }
            self[field] = String(cString: text)
        }
    }

    /// Must come before the first sample is written. Containers leave out the fields they have no place for.
    func write(to handle: OpaquePointer) {
        for field in Field.allCases {
            if let text = fields[field] { sf_set_string(handle, field.code, text) }
        }
    }
}
