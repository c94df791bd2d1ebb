import CKernels

extension Tensor {
    /// Vectors from a table [count, features], one for each number: [...] -> [..., features].
    ///
    /// - Parameter paddingIndex: the number whose vector gets no gradient; default none.
    /// - Returns: the vectors. Traps on what `embeddingShape` refuses.
    public func embedded(_ numbers: IndexTensor, paddingIndex: Int? = nil) -> Tensor {
        let result = orTrap { () throws(ShapeError) in
            try Self.embeddingShape(shape, numbers, paddingIndex: paddingIndex)
        }
        var table = self
        if let paddingIndex {
            // The value stays, the gradient of that row does not pass.
            let rows = (0..<shape[0]).map { Float($0 == paddingIndex ? 0 : 1) }
            let kept = Tensor(rows, shape: [shape[0], 1])
            table = self * kept + (detached * (1 - kept))
        }
        return table.taking(numbers.values, axis: 0).reshaped(result)
    }

    /// The shape after `embedded`.
    /// - Throws: `ShapeError` if the table is no matrix or a number is not in it.
    public static func embeddingShape(
        _ table: [Int], _ numbers: IndexTensor, paddingIndex: Int? = nil
    ) throws(ShapeError) -> [Int] {
        guard table.count == 2 else {
            throw ShapeError("[embedding] the table must be [count, features], got \(table)")
        }
        for number in numbers.values + (paddingIndex.map { [$0] } ?? [])
        where !(0..<table[0]).contains(number) {
            throw ShapeError("[embedding] number \(number) is outside 0 ..< \(table[0])")
        }
        return numbers.shape + [table[1]]
    }

    /// Elements set to 0 with a probability, the others scaled by 1 / (1 - probability).
    ///
    /// - Parameter probability: 0 ... 1.
    public func dropped(_ probability: Double, from stream: inout RandomStream) -> Tensor {
        let scale = probability < 1 ? Float(1 / (1 - probability)) : 0
        // A draw of 53 bits is below the probability when it is below this.
        let threshold = UInt64((probability * 0x1p53).rounded(.up))
        let origin = stream.origin
        let count = count
        let factors = Tensor(unfilled: shape) { out in
            ThreadPool.shared.run(count, grain: Elementwise.grain) { range in
                ck_random_factors(
                    origin, UInt64(range.lowerBound), threshold, scale, out + range.lowerBound, range.count)
            }
        }
        stream.skip(count)
        return self * factors
    }
}
