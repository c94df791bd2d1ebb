/// The heads of attention where they lie: matrices whose rows are `heads * features` apart.
struct AttentionHeads {
    private let tensors: [Tensor]
    let batch, queries, keys, heads, features, values: Int

    /// Query and key [n, time, heads, features], value [n, time, heads, values].
    init(_ query: Tensor, _ key: Tensor, _ value: Tensor) {
        tensors = [query.contiguous(), key.contiguous(), value.contiguous()]
        (batch, queries, keys) = (query.shape[0], query.shape[1], key.shape[1])
        (heads, features, values) = (query.shape[2], query.shape[3], value.shape[3])
    }

    /// From one row of a query or key to the next.
    var queryStride: Int { heads * features }
    /// From one row of a value or a result to the next.
    var valueStride: Int { heads * values }

    struct Head {
        let sample, number, index: Int
        let queryOffset, keyOffset, valueOffset, resultOffset: Int
        let query, key, value: UnsafePointer<Float>
    }

    /// Calls `body` for each head of each sample, on several threads.
    func forEach(_ body: (Head) -> Void) {
        withExtendedLifetime(tensors) {
            let (q, k, v) = (tensors[0].base, tensors[1].base, tensors[2].base)
            ThreadPool.shared.run(batch * heads) { index in
                let (sample, number) = (index / heads, index % heads)
                let queryOffset = sample * queries * queryStride + number * features
                let keyOffset = sample * keys * queryStride + number * features
                let valueOffset = sample * keys * valueStride + number * values
                body(
                    Head(
                        sample: sample, number: number, index: index, queryOffset: queryOffset,
                        keyOffset: keyOffset, valueOffset: valueOffset,
                        resultOffset: sample * queries * valueStride + number * values,
                        query: q + queryOffset, key: k + keyOffset, value: v + valueOffset))
            }
        }
    }
}
