import Foundation
import Tensor

/// The pitches of the hidden Markov model and how it moves among them.
struct PitchSteps: Sendable {
    /// Hertz of step 0.
    let minimum: Double
    /// Semitones from step to step.
    let resolution: Double
    let count: Int
    /// ln of the probability to move by -reach ... reach steps.
    let moves: [Float]
    /// How many steps the pitch may move per frame.
    let reach: Int
    /// ln of the probabilities to keep and to switch voicing.
    let stay: Float
    let change: Float

    /// - Parameter reach: semitones that the pitch may move per frame.
    init(minimum: Double, maximum: Double, resolution: Double, reach: Double, switchProbability: Double) {
        self.minimum = minimum
        self.resolution = resolution
        count = Int(12 * log2(maximum / minimum) / resolution) + 1
        let reach = max(1, min(count - 1, Int((reach / resolution).rounded())))
        self.reach = reach
        // A triangle whose feet are just out of reach; its sum is reach + 1.
        moves = (-reach...reach).map { move in
            Float(log((1 - Double(abs(move)) / Double(reach + 1)) / Double(reach + 1)))
        }
        stay = Float(log(1 - switchProbability))
        change = Float(log(switchProbability))
    }

    /// The nearest step.
    func step(_ frequency: Double) -> Int {
        max(0, min(count - 1, Int((12 * log2(frequency / minimum) / resolution).rounded())))
    }

    /// Hertz.
    func frequency(_ step: Int) -> Double { minimum * exp2(Double(step) * resolution / 12) }
}
