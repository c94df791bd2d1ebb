import Tensor

extension RealFourierTransform {
    /// The smallest length of at least `least` samples that transforms fast: a power of two times 1, 3, 5, 9 or 15.
    static func fastLength(atLeast least: Int) -> Int {
        [1, 3, 5, 9, 15].reduce(Int.max) { best, factor in
            var length = factor
            while length < least { length *= 2 }
            return min(best, length)
        }
    }
}
