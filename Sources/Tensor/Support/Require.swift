/// Stops the program when a programmer's error is found, with a text that survives optimisation.
///
/// `precondition` loses its message in release builds; this does not. User input never gets here:
/// it is refused earlier with a typed error.
@inlinable
public func require(
    _ condition: @autoclosure () -> Bool, _ message: @autoclosure () -> String,
    file: StaticString = #fileID, line: UInt = #line
) {
    if !condition() { fatalError(message(), file: file, line: line) }
}
