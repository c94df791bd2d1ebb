import Foundation

/// Foundation's cosine, under a name that config types can use without importing it.
func cosine(_ x: Double) -> Double { cos(x) }
