import CSndfile

/// The library that reads and writes sound files.
public enum SoundFileLibrary {
    /// As it names itself, such as "libsndfile-1.2.2".
    public static var version: String { sf_version_string().map { String(cString: $0) } ?? "unknown" }
}
