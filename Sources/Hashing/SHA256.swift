import Foundation

/// The SHA-256 digest of a stream of bytes, fed piece by piece.
///
/// Names artifacts by their content and fingerprints configurations and data sets.
///
/// Source: FIPS 180-4, Secure Hash Standard, sections 4.1.2, 5 and 6.2.
public struct SHA256: Sendable {
    private var state = SHA256.initialState
    private var pending: [UInt8] = []
    private var length: UInt64 = 0

    public init() {
        pending.reserveCapacity(64)
    }

    /// The digest of the given bytes as 64 lower-case hexadecimal digits.
    public static func hex(of bytes: some Sequence<UInt8>) -> String {
        var digest = SHA256()
        digest.update(bytes)
        return digest.finish()
    }

    /// The digest of a text's UTF-8 bytes as 64 lower-case hexadecimal digits.
    public static func hex(of text: String) -> String {
        hex(of: text.utf8)
    }

    /// The digest of a file's content, read in pieces of one MiB.
    ///
    /// - Throws: what Foundation throws when the file cannot be opened or read.
    public static func hex(ofFile url: URL) throws -> String {
        let handle = try FileHandle(forReadingFrom: url)
        defer { try? handle.close() }
        var digest = SHA256()
        while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
            digest.update(piece)
        }
        return digest.finish()
    }

    /// Appends bytes to the message.
    public mutating func update(_ bytes: some Sequence<UInt8>) {
        let contiguous: Void? = bytes.withContiguousStorageIfAvailable { update(buffer: $0) }
        if contiguous == nil {
            Array(bytes).withUnsafeBufferPointer { update(buffer: $0) }
        }
    }

    /// Closes the message and returns its digest as 64 lower-case hexadecimal digits.
    public consuming func finish() -> String {
        let bits = length &* 8
        var tail: [UInt8] = [0x80]
        let used = (pending.count + 1) % 64
        tail += [UInt8](repeating: 0, count: (used <= 56 ? 56 : 120) - used)
        for shift in stride(from: 56, through: 0, by: -8) {
            tail.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
        }
        update(tail)
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for word in state {
            for shift in stride(from: 28, through: 0, by: -4) {
                text.append(digits[Int((word >> UInt32(shift)) & 15)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func update(buffer: UnsafeBufferPointer<UInt8>) {
        length &+= UInt64(buffer.count)
        var position = 0
        if !pending.isEmpty {
            position = min(64 - pending.count, buffer.count)
            pending.append(contentsOf: buffer[0..<position])
            guard pending.count == 64 else { return }
            let block = pending
            block.withUnsafeBufferPointer { compress($0, at: 0) }
            pending.removeAll(keepingCapacity: true)
        }
        while position + 64 <= buffer.count {
            compress(buffer, at: position)
            position += 64
        }
        pending.append(contentsOf: buffer[position...])
    }

    /// Mixes one block of 64 bytes into the state (FIPS 180-4, 6.2.2).
    private mutating func compress(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
            for t in 0..<16 {
                let i = start + 4 * t
                schedule[t] =
                    UInt32(bytes[i]) << 24 | UInt32(bytes[i + 1]) << 16
                    | UInt32(bytes[i + 2]) << 8 | UInt32(bytes[i + 3])
            }
            for t in 16..<64 {
                let early = schedule[t - 15]
                let late = schedule[t - 2]
                let sigma0 = Self.rotate(early, 7) ^ Self.rotate(early, 18) ^ (early >> 3)
                let sigma1 = Self.rotate(late, 17) ^ Self.rotate(late, 19) ^ (late >> 10)
                schedule[t] = sigma1 &+ schedule[t - 7] &+ sigma0 &+ schedule[t - 16]
            }
            var (a, b, c, d) = (state[0], state[1], state[2], state[3])
            var (e, f, g, h) = (state[4], state[5], state[6], state[7])
            for t in 0..<64 {
                let sum1 = Self.rotate(e, 6) ^ Self.rotate(e, 11) ^ Self.rotate(e, 25)
                let choice = (e & f) ^ (~e & g)
                let first = h &+ sum1 &+ choice &+ Self.constants[t] &+ schedule[t]
                let sum0 = Self.rotate(a, 2) ^ Self.rotate(a, 13) ^ Self.rotate(a, 22)
                let majority = (a & b) ^ (a & c) ^ (b & c)
                (h, g, f, e) = (g, f, e, d &+ first)
                (d, c, b, a) = (c, b, a, first &+ sum0 &+ majority)
            }
            for (index, value) in [a, b, c, d, e, f, g, h].enumerated() {
                state[index] &+= value
            }
        }
    }

    @inline(__always)
    private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
        word >> count | word << (32 - count)
    }

    /// The first 32 fractional bits of the square roots of the first eight primes.
    private static let initialState: [UInt32] = firstPrimes(8).map { prime in
        fraction(of: Double(prime).squareRoot())
    }

    /// The first 32 fractional bits of the cube roots of the first 64 primes.
    private static let constants: [UInt32] = firstPrimes(64).map { prime in
        fraction(of: cbrt(Double(prime)))
    }

    /// A Double holds these roots (below 20) with 47 fractional bits or more, enough for 32.
    private static func fraction(of root: Double) -> UInt32 {
        UInt32((root - root.rounded(.down)) * 0x1p32)
    }

    private static func firstPrimes(_ count: Int) -> [Int] {
        var primes: [Int] = []
        var candidate = 2
        while primes.count < count {
            if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
            candidate += 1
        }
        return primes
    }
}
