extension JSONValue {
    /// The value that a JSON text holds.
    ///
    /// - Throws: `JSONError` with line and column.
    public init(parsing text: String) throws(JSONError) {
        try self.init(parsing: Array(text.utf8))
    }

    /// The value that the UTF-8 bytes of a JSON text hold.
    ///
    /// - Throws: `JSONError` with line and column.
    public init(parsing bytes: [UInt8]) throws(JSONError) {
        var parser = JSONParser(bytes)
        self = try parser.document()
    }
}
