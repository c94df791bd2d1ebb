import Tensor

/// Compares results with expected values, shape first, then every element.
enum Comparison {
    /// - Throws: `Mismatch` with the worst element.
    static func check(
        _ actual: CaseValue, _ expected: CaseValue, _ tolerance: Tolerance, _ what: String
    ) throws {
        guard actual.shape == expected.shape else {
            throw Mismatch("\(what): shape \(actual.shape), expected \(expected.shape)")
        }
        switch (actual, expected) {
        case (.tensor(let a), .tensor(let b)): try check(a.values, b.values, a.shape, tolerance, what)
        case (.indices(let a), .indices(let b)):
            guard a == b else { throw Mismatch("\(what): \(a.values), expected \(b.values)") }
        case (.mask(let a), .mask(let b)):
            guard a == b else { throw Mismatch("\(what): \(a.values), expected \(b.values)") }
        default: throw Mismatch("\(what): another element type than expected")
        }
    }

    private static func check(
        _ actual: [Float], _ expected: [Float], _ shape: [Int], _ tolerance: Tolerance, _ what: String
    ) throws {
        var wrong = 0
        var worst = (index: 0, excess: -Double.infinity)
        for index in actual.indices {
            let excess = excess(actual[index], expected[index], tolerance)
            if excess > 0 { wrong += 1 }
            if excess > worst.excess { worst = (index, excess) }
        }
        if wrong == 0 { return }
        throw Mismatch(
            "\(what) \(shape): \(wrong) of \(actual.count) elements differ, worst at "
                + "\(position(worst.index, shape)): \(actual[worst.index]), expected "
                + "\(expected[worst.index]), allowed \(tolerance.absolute) + \(tolerance.relative) relative")
    }

    /// How far a value is beyond what is allowed; not above 0 when it passes.
    private static func excess(_ actual: Float, _ expected: Float, _ tolerance: Tolerance) -> Double {
        if actual.isNaN && expected.isNaN { return 0 }
        if actual.isInfinite || expected.isInfinite { return actual == expected ? 0 : .infinity }
        if actual.isNaN || expected.isNaN { return .infinity }
        let allowed = tolerance.absolute + tolerance.relative * abs(Double(expected))
        return abs(Double(actual) - Double(expected)) - allowed
    }

    private static func position(_ index: Int, _ shape: [Int]) -> [Int] {
        var rest = index
        var result: [Int] = []
        for size in shape.reversed() {
            result.append(rest % size)
            rest /= size
        }
        return result.reversed()
    }
}
