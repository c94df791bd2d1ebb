/// What stands beyond the ends of an axis.
public enum PaddingMode: Sendable, Equatable {
    case constant(Float)
    /// The elements mirrored at the first and the last one, which are not repeated.
    case reflect
    /// The first and the last element.
    case replicate
    /// The elements again, from the other end.
    case circular
}

/// More elements before and after those of one axis, or fewer where a number is negative. Elements are mirrored and
/// repeated as if all were still there; going round begins with those that are left.
struct Padding: Composite {
    static let name = "padding"
    let axis: Int
    let before: Int
    let after: Int
    let mode: PaddingMode

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        try Pad.validate(inputs[0], axis: axis, before: before, after: after, operation: Self.name)
        let size = inputs[0][axis]
        let left = size + min(0, before) + min(0, after)
        let longest = max(before, after)
        switch mode {
        case .constant: break
        case .reflect where longest >= max(1, size):
            throw ShapeError(
                "[padding] a reflection needs more elements than \(longest), axis \(axis) of \(inputs[0]) has \(size)"
            )
        case .replicate where size == 0 && longest > 0:
            throw ShapeError("[padding] axis \(axis) of \(inputs[0]) has no element to replicate")
        case .circular where longest > left:
            throw ShapeError(
                "[padding] going round needs \(longest) elements, axis \(axis) of \(inputs[0]) has \(left)")
        case .reflect where size + before + after < 1, .replicate where size + before + after < 1:
            throw ShapeError(
                "[padding] \(before) before and \(after) after leave nothing of axis \(axis) of \(inputs[0])")
        default: break
        }
        var shape = inputs[0]
        shape[axis] += before + after
        return [shape]
    }

    func compose(_ inputs: [Tensor]) -> [Tensor] {
        let x = inputs[0]
        if before == 0 && after == 0 { return [x] }
        let size = x.shape[axis]
        let positions = -before..<size + after
        switch mode {
        case .constant(let value):
            return [apply(Pad(axis: axis, before: before, after: after, value: value), [x])[0]]
        case .reflect:
            return [
                x.taking(positions.map { $0 < 0 ? -$0 : $0 >= size ? 2 * size - 2 - $0 : $0 }, axis: axis)
            ]
        case .replicate:
            return [x.taking(positions.map { min(max($0, 0), size - 1) }, axis: axis)]
        case .circular:
            let kept = max(0, -before)..<size - max(0, -after)
            return [
                x.taking(
                    (-max(0, before)..<kept.count + max(0, after)).map {
                        kept.lowerBound + ($0 + kept.count) % kept.count
                    }, axis: axis)
            ]
        }
    }
}

extension Tensor {
    /// More elements before and after those of one axis (negative: from the end), or fewer where a number is negative.
    public func padded(axis: Int, before: Int, after: Int, mode: PaddingMode) -> Tensor {
        apply(
            Padding(axis: axis < 0 ? axis + rank : axis, before: before, after: after, mode: mode), [self])[0]
    }
}
