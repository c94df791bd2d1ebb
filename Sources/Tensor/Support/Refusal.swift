/// What `body` returns; stops the program with the text of its error. Operations call their throwing validation
/// through this, so that a caller who wants to know beforehand can call the validation itself.
func orTrap<Result>(_ body: () throws(ShapeError) -> Result) -> Result {
    do {
        return try body()
    } catch {
        fatalError(error.description)
    }
}
