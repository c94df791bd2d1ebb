import Tensor

/// The results for every item, computed on all threads; their order is that of the items.
func concurrentMap<Item, Result>(_ items: [Item], _ transform: (Item) -> Result) -> [Result] {
    var results = [Result?](repeating: nil, count: items.count)
    results.withUnsafeMutableBufferPointer { results in
        guard let results = results.baseAddress else { return }
        ThreadPool.shared.run(items.count) { index in results[index] = transform(items[index]) }
    }
    return results.compactMap { $0 }
}
