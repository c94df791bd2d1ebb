#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Half a cosine from the base rate to a lowest one and, beyond `steps`, back (Loshchilov & Hutter 2017, without
/// restarts).
public struct CosineSchedule: Schedule {
    public let steps: Int
    public let lowest: Double

    /// - Parameters:
    ///   - steps: from the base rate to the lowest, above 0.
    ///   - lowest: a rate, default 0.
    public init(steps: Int, lowest: Double = 0) { (self.steps, self.lowest) = (max(1, steps), lowest) }

    public func learningRate(step: Int, base: Double) -> Double {
        lowest + (base - lowest) * (1 + cos(.pi * Double(step) / Double(steps))) / 2
    }
}

/// Half a cosine from the base rate to a lowest one, again and again (SGDR, Loshchilov & Hutter 2017).
public struct RestartingCosineSchedule: Schedule {
    public let steps, growth: Int
    public let lowest: Double

    /// - Parameters:
    ///   - steps: length of the first period, above 0.
    ///   - growth: how many times as long each period is as the one before, default 1.
    ///   - lowest: a rate, default 0.
    public init(steps: Int, growth: Int = 1, lowest: Double = 0) {
        (self.steps, self.growth, self.lowest) = (max(1, steps), max(1, growth), lowest)
    }

    public func learningRate(step: Int, base: Double) -> Double {
        var (position, length) = (step, steps)
        if growth == 1 {
            position %= length
        } else {
            while position >= length {
                position -= length
                length *= growth
            }
        }
        return lowest + (base - lowest) * (1 + cos(.pi * Double(position) / Double(length))) / 2
    }
}

/// A warm-up in a straight line, (step + 1) / warmUp, then half a cosine down to a share of the base rate at
/// `steps`, where it stays.
public struct WarmUpCosineSchedule: Schedule {
    public let warmUp, steps: Int
    public let lowestShare: Double

    /// - Parameters:
    ///   - warmUp: steps of the warm-up; 0 is none.
    ///   - steps: warm-up and cosine together.
    ///   - lowestShare: of the base rate, default 0.
    public init(warmUp: Int, steps: Int, lowestShare: Double = 0) {
        (self.warmUp, self.steps, self.lowestShare) = (warmUp, steps, lowestShare)
    }

    public func learningRate(step: Int, base: Double) -> Double {
        if step < warmUp { return base * Double(step + 1) / Double(warmUp) }
        let progress = min(1, Double(step - warmUp) / Double(max(1, steps - warmUp)))
        return base * (lowestShare + (1 - lowestShare) * (1 + cos(.pi * progress)) / 2)
    }
}
