/// A fast 64-bit number that depends on bytes alone: the same on every machine; not for secrets.
///
/// Source: FNV-1a-64, draft-eastlake-fnv.
public enum FNV1a {
    /// The hash of a text's UTF-8 bytes.
    public static func hash(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return hash
    }
}
