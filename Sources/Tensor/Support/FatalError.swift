import StrictJSON

/// Swift's `fatalError` for this module and those that import it, with one thing more: the text is left beside the
/// runs of the process, where `workbench show` finds it.
public func fatalError(
    _ message: @autoclosure () -> String = "", file: StaticString = #fileID, line: UInt = #line
) -> Never {
    stop(message(), file: file, line: line)
}
