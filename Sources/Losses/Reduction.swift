import Tensor

/// What becomes of the values of a loss.
public enum Reduction: String, Sendable, CaseIterable {
    case none, mean, sum

    func callAsFunction(_ values: Tensor) -> Tensor {
        switch self {
        case .none: values
        case .mean: values.mean()
        case .sum: values.sum()
        }
    }
}

/// What a loss checks before it computes. A loss never broadcasts: a forgotten axis would go unnoticed.
enum LossShapes {
    static func same(_ a: [Int], _ b: [Int], _ loss: String) throws(ShapeError) {
        guard a == b else {
            throw ShapeError("[\(loss)] estimate and target must have one shape, got \(a) and \(b)")
        }
    }

    static func broadcasts(_ weights: [Int]?, to shape: [Int], _ loss: String) throws(ShapeError) {
        guard let weights else { return }
        let fits =
            weights.count <= shape.count
            && zip(weights.reversed(), shape.reversed()).allSatisfy { $0 == $1 || $0 == 1 }
        guard fits else { throw ShapeError("[\(loss)] weights \(weights) do not broadcast to \(shape)") }
    }

    static func orTrap(_ body: () throws(ShapeError) -> Void) {
        do { try body() } catch { fatalError(error.description) }
    }
}
