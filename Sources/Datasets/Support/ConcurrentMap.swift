import Synchronization
import Tensor

extension Array where Element: Sendable {
    /// The results for all elements, in their order, made on the threads of the pool.
    ///
    /// - Throws: the error of the first element, in the array's order, that has one.
    func concurrentMap<Output: Sendable>(_ transform: (Element) throws -> Output) throws -> [Output] {
        let results = Mutex<[Int: Result<Output, any Error>]>([:])
        ThreadPool.shared.run(count) { index in
            let result = Result { try transform(self[index]) }
            results.withLock { $0[index] = result }
        }
        let collected = results.withLock { $0 }
        return try indices.compactMap { try collected[$0]?.get() }
    }
}
