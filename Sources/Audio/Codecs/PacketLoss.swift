import Tensor

/// Packets that do not arrive, in bursts, and what a receiver plays instead: the packet before, ever softer.
///
/// A chain of two states: a packet after one that arrived is lost with probability p, one after a lost packet with
/// probability q = 1 - 1 / burst; p is set so that the wanted share is lost on average.
///
/// Source: Gilbert, Capacity of a burst-noise channel, Bell System Technical Journal 39(5), 1960.
public struct PacketLoss: Sendable {
    /// Share of packets that are lost, below 0.9.
    public let share: Double
    /// Packets lost in a row on average, at least 1.
    public let burst: Double
    /// Seconds of a packet.
    public let packetDuration: Double

    /// - Parameters:
    ///   - burst: default 1.5.
    ///   - packetDuration: default 0.02.
    public init(share: Double, burst: Double = 1.5, packetDuration: Double = 0.02) {
        self.share = share
        self.burst = burst
        self.packetDuration = packetDuration
    }

    /// The factor on each repetition.
    private static let fading: Float = 0.6
    /// Samples over which a repetition is joined to what comes before and after.
    private static func fade(_ packet: Int) -> Int { packet / 8 }

    /// - Returns: what is heard, as long as the signal, and the share of packets that were lost.
    public func transmit(
        _ signal: [Float], sampleRate: Int, stream: RandomStream
    ) -> (signal: [Float], lost: Double) {
        var stream = stream
        let packet = max(1, Int(packetDuration * Double(sampleRate)))
        let stays = 1 - 1 / max(1, burst)
        let begins = min(1, share * (1 - stays) / max(1e-9, 1 - share))
        var heard = signal
        var (packets, lost) = (0, 0)
        var isLost = false
        var gain: Float = 1
        for start in stride(from: 0, to: signal.count, by: packet) {
            packets += 1
            isLost = stream.chance(isLost ? stays : begins)
            guard isLost, start >= packet else {
                isLost = false
                gain = 1
                continue
            }
            lost += 1
            gain *= Self.fading
            let fade = Self.fade(packet)
            for i in start..<min(start + packet, signal.count) {
                heard[i] = Self.fading * heard[i - packet]
                // From the last sample played before to the repetition.
                let place = i - start
                if place < fade {
                    let share = Float(place + 1) / Float(fade + 1)
                    heard[i] = share * heard[i] + (1 - share) * heard[start - 1] * (1 - share)
                }
            }
        }
        return (heard, packets > 0 ? Double(lost) / Double(packets) : 0)
    }
}
