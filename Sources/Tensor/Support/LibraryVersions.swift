import CFFTW
import COpenBLAS

/// The versions of the libraries that compute.
public enum LibraryVersions {
    /// As OpenBLAS describes itself: version, options, kind of processor.
    public static var openBLAS: String {
        let text = openblas_get_config().map { String(cString: $0) } ?? "unknown"
        return text.hasPrefix("OpenBLAS ") ? String(text.dropFirst(9)).trimming(" ") : text.trimming(" ")
    }

    /// As FFTW names itself, such as "fftw-3.3.10-sse2-avx".
    public static var fftw: String {
        aural_fftw_version().map { String(cString: $0) } ?? "unknown"
    }
}

extension String {
    fileprivate func trimming(_ character: Character) -> String {
        var text = self[...]
        while text.last == character { text.removeLast() }
        return String(text)
    }
}
