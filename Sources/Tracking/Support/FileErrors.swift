import Foundation

/// The system's error number behind a file error of Foundation, where there is one.
func systemCode(of error: any Error) -> Int32? {
    if let error = error as? POSIXError { return error.code.rawValue }
    let object = error as NSError
    if object.domain == NSPOSIXErrorDomain { return Int32(truncatingIfNeeded: object.code) }
    if let inner = object.userInfo[NSUnderlyingErrorKey] as? any Error { return systemCode(of: inner) }
    // Foundation does not always say which call failed.
    switch (error as? CocoaError)?.code {
    case .fileWriteOutOfSpace?: return ENOSPC
    case .fileWriteNoPermission?, .fileReadNoPermission?: return EACCES
    case .fileWriteVolumeReadOnly?: return EROFS
    case .fileWriteFileExists?: return EEXIST
    case .fileNoSuchFile?, .fileReadNoSuchFile?: return ENOENT
    default: return nil
    }
}

/// The reason of a file error in a few plain words, such as "Permission denied".
func plainReason(of error: any Error) -> String {
    systemCode(of: error).map { String(cString: strerror($0)) } ?? error.localizedDescription
}
