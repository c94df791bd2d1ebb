/// A reference-counted piece of pooled memory.
///
/// It is written only by the operation that makes it; once a tensor with it is published nobody writes
/// any more (an optimiser's update and gradient accumulation first make sure that they are the only owner).
final class Storage: @unchecked Sendable {  // Safe: immutable once published, see above.
    let pointer: UnsafeMutablePointer<Float>
    let count: Int
    private let capacity: Int

    init(count: Int) {
        self.count = count
        (pointer, capacity) = BufferPool.shared.allocate(count: count)
    }

    private init() {
        pointer = UnsafeMutablePointer<Float>(bitPattern: 64) ?? .allocate(capacity: 1)
        count = -1
        capacity = 0
    }

    /// Stands where data was let go because no gradient needs it.
    static let hollow = Storage()

    deinit {
        if capacity > 0 { BufferPool.shared.release(pointer, count: count, capacity: capacity) }
    }
}
