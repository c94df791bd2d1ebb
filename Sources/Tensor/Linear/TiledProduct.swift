import CKernels

/// Matrix products by the register tiles of the convolutions: rows of A where they lie, B packed in panels.
///
/// BLAS packs both operands, which costs small products more than their arithmetic.
enum TiledProduct {
    /// Whether the tiles are the faster way for [m, k] x [k, n] with dense rows of A, by `bench ops`: enough rows
    /// must share the packing of the panels of B.
    static func suits(m: Int, n: Int, k: Int) -> Bool {
        m >= 128 && (16...1024).contains(n) && k <= 1024 && n * k <= 1 << 20
    }

    /// Whether they are for the transpose of [k, m] with dense rows.
    static func suitsTransposed(m: Int, n: Int, k: Int) -> Bool {
        m >= 64 && (16...1024).contains(n) && k >= 64
    }

    /// C = A B, row-major, with A [m, k] and B [k, n] or its transpose.
    static func run(
        m: Int, n: Int, k: Int,
        _ a: UnsafePointer<Float>, _ strideA: Int,
        _ b: UnsafePointer<Float>, _ strideB: Int, transposedB: Bool,
        into c: UnsafeMutablePointer<Float>, _ strideC: Int
    ) {
        let packed = Panels(b, stride: strideB, depth: k, columns: n, transposed: transposedB)
        ThreadPool.shared.run(m, grain: max(64, (m + 7) / 8)) { rows in
            packed.multiply(
                a + rows.lowerBound * strideA, strideA, rows: rows.count,
                into: c + rows.lowerBound * strideC, strideC)
        }
    }

    /// C = transpose of A times B, row-major, with A [k, m] and B [k, n] or its transpose.
    static func runTransposed(
        m: Int, n: Int, k: Int,
        _ a: UnsafePointer<Float>, _ strideA: Int,
        _ b: UnsafePointer<Float>, _ strideB: Int, transposedB: Bool,
        into c: UnsafeMutablePointer<Float>, _ strideC: Int
    ) {
        let packed = Panels(b, stride: strideB, depth: k, columns: n, transposed: transposedB)
        let grain = max(32, min(128, (m + 63) / 64 * 8))
        ThreadPool.shared.run(m, grain: grain) { rows in
            let height = (rows.count + 7) / 8 * 8
            let scratch = Storage(count: height * ((n + 31) / 32 * 32 + Int(CK_BAND_POSITIONS) + 2))
            ck_multiply_transposed(
                a + rows.lowerBound, strideA, rows.count, k, packed.storage.pointer, n,
                c + rows.lowerBound * strideC, strideC, scratch.pointer)
        }
    }
}

/// A matrix [depth, columns] in the panels that register tiles read.
struct Panels {
    let storage: Storage
    let columns, depth: Int

    /// - Parameters:
    ///   - b: dense rows of the matrix, `stride` floats apart, or of its transpose if `transposed`.
    init(_ b: UnsafePointer<Float>, stride: Int, depth: Int, columns: Int, transposed: Bool) {
        let width = Int(CK_PANEL_CHANNELS)
        let count = (columns + width - 1) / width
        let packed = Storage(count: max(1, count * width * depth))
        ThreadPool.shared.run(count) { index in
            let first = index * width
            let (used, width) = (min(width, columns - first), ck_panel_width(columns, index))
            let to = packed.pointer + depth * first
            if transposed {
                ck_pack_transposed(b + first * stride, stride, depth, used, to, width)
            } else {
                ck_pack_rows(b + first, stride, depth, used, to, width)
            }
        }
        (storage, self.columns, self.depth) = (packed, columns, depth)
    }

    /// c = a times the matrix, or some of its columns, which start and, but for the last, end with whole panels.
    func multiply(
        _ a: UnsafePointer<Float>, _ strideA: Int, rows: Int, columns: Range<Int>? = nil,
        into c: UnsafeMutablePointer<Float>, _ strideC: Int
    ) {
        let columns = columns ?? 0..<self.columns
        ck_multiply_panels(
            a, strideA, rows, depth, storage.pointer + depth * columns.lowerBound, columns.count, c, strideC)
    }
}
