import CKernels

/// Copies a tensor of any layout into row-major memory.
enum StridedCopy {
    static func run(from source: Tensor, to destination: UnsafeMutablePointer<Float>) {
        if source.count == 0 { return }
        let (sizes, steps) = Shape.collapse(
            source.shape, [source.strides, Shape.rowMajorStrides(source.shape)])
        let from = steps[0]
        let to = steps[1]
        let base = source.base
        let last = sizes.count - 1
        // The last two axes are copied as one block: rows, or a transposition when the other axis is dense.
        let blockRows = last > 0 ? sizes[last - 1] : 1
        let blockColumns = sizes[last]
        let outer = last > 0 ? Array(sizes[..<(last - 1)]) : []
        ThreadPool.shared.run(Shape.count(outer)) { index in
            var rest = index
            var readAt = 0
            var writeAt = 0
            for axis in outer.indices.reversed() {
                let position = rest % outer[axis]
                rest /= outer[axis]
                readAt += position * from[axis]
                writeAt += position * to[axis]
            }
            let rowStep = last > 0 ? from[last - 1] : 0
            let columnStep = from[last]
            if columnStep != 1 && rowStep == 1 {
                // Destination row r, column c is source[c * columnStep + r].
                ck_transpose(
                    base + readAt, columnStep, destination + writeAt, blockColumns, blockColumns, blockRows)
                return
            }
            for row in 0..<blockRows {
                let read = base + readAt + row * rowStep
                let write = destination + writeAt + row * blockColumns
                if columnStep == 1 {
                    write.update(from: read, count: blockColumns)
                } else {
                    for column in 0..<blockColumns { write[column] = read[column * columnStep] }
                }
            }
        }
    }
}
