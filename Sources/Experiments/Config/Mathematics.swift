import Foundation

// Foundation's functions, under names that config types and datasets can use without importing it.

func cosine(_ x: Double) -> Double { cos(x) }

/// The amplitude factor of a level in dB.
func decibelGain(_ decibels: Double) -> Float { Float(pow(10, decibels / 20)) }
