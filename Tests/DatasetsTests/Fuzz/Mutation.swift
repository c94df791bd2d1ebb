import Tensor

/// Damages bytes as disks, networks and attackers do.
struct Mutation {
    /// Pieces that mean something in the format, inserted as they are.
    var tokens: [[UInt8]] = []

    /// Sizes, counts and offsets that programs forget about.
    private static let numbers: [UInt64] = [
        0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x3b9a_ca00, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff,
        0x1_0000_0000, 0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, 0xffff_ffff_ffff_ffff,
    ]

    /// One to four changes of a seed.
    func damaged(_ seed: [UInt8], _ random: inout RandomStream) -> [UInt8] {
        var bytes = seed
        for _ in 0...random.integer(0..<4) where !bytes.isEmpty {
            let place = random.integer(0..<bytes.count)
            switch random.integer(0..<8) {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: random.nextBits())
            case 1: bytes[place] ^= 1 << UInt8(random.integer(0..<8))
            case 2: write(random.pick(Self.numbers), &bytes, at: place, &random)
            // Headers are where it matters.
            case 3:
                write(
                    random.pick(Self.numbers), &bytes, at: random.integer(0..<min(64, bytes.count)), &random)
            case 4: bytes.removeSubrange(place..<min(place + random.integer(1..<16), bytes.count))
            case 5: bytes.removeSubrange(place...)
            case 6 where !tokens.isEmpty: bytes.insert(contentsOf: random.pick(tokens), at: place)
            default:
                let end = min(place + random.integer(1..<16), bytes.count)
                bytes.insert(contentsOf: bytes[place..<end], at: random.integer(0..<bytes.count + 1))
            }
        }
        return bytes
    }

    /// Overwrites 2, 4 or 8 bytes in either order.
    private func write(_ number: UInt64, _ bytes: inout [UInt8], at place: Int, _ random: inout RandomStream)
    {
        let width = random.pick([2, 4, 8])
        let isBig = random.chance(0.4)
        for index in 0..<width where place + index < bytes.count {
            let shift = 8 * (isBig ? width - 1 - index : index)
            bytes[place + index] = UInt8(truncatingIfNeeded: number >> UInt64(shift))
        }
    }
}
