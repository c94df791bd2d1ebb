#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A counter-based stream of random numbers: draw number `n` depends on the key and on `n` alone.
///
/// Every random choice of the workbench comes from a stream whose key is spelled out, for example
/// `RandomStream(seed: 7, "train", epoch, index)`, so that any item can be made again alone, in any
/// order and on any thread.
///
/// The key's text is hashed with FNV-1a-64; the counter sequence is SplitMix64
/// (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014).
public struct RandomStream: Sendable {
    private var state: UInt64

    /// A stream named by a text key.
    public init(key: String) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in key.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        state = hash
    }

    /// A stream named by a seed, a purpose and any further parts, such as an epoch and an index.
    public init(seed: UInt64, _ purpose: String, _ parts: Int...) {
        self.init(key: "\(seed)/\(purpose)" + parts.map { "/\($0)" }.joined())
    }

    /// The next 64 bits.
    public mutating func nextBits() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// What draws are counted from: draw n mixes `origin` and n.
    var origin: UInt64 { state }

    /// Leaves out `count` draws, which something else computes from `origin`.
    mutating func skip(_ count: Int) { state &+= UInt64(count) &* 0x9e37_79b9_7f4a_7c15 }

    /// A number drawn uniformly from [0, 1), with 53 random bits.
    public mutating func uniform() -> Double {
        Double(nextBits() >> 11) * 0x1p-53
    }

    /// A number drawn uniformly from the given interval.
    public mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    }

    /// A whole number drawn uniformly from the given range, which must not be empty.
    public mutating func integer(_ range: Range<Int>) -> Int {
        range.lowerBound + Int(uniform() * Double(range.count))
    }

    /// A standard normal number (Box-Muller, cosine branch; two draws each).
    public mutating func gaussian() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * .pi * uniform())
    }

    /// True with the given probability.
    public mutating func chance(_ probability: Double) -> Bool {
        uniform() < probability
    }

    /// One element, each as likely as the others. The collection must not be empty.
    public mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[integer(0..<elements.count)]
    }

    /// The numbers 0 ..< count in random order (Fisher-Yates).
    public mutating func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        for i in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(i, integer(0..<(i + 1)))
        }
        return order
    }
}
