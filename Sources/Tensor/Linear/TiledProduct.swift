import CKernels

/// Matrix products by the register tiles of the convolutions: rows of A where they lie, B packed in panels.
///
/// BLAS packs both operands, which costs small products more than their arithmetic.
enum TiledProduct {
    /// Whether the tiles are the faster way for [m, k] x [k, n] with dense rows of A, by `bench ops`: the panels
    /// of B must stay in the second-level cache, and enough rows must share their packing.
    static func suits(m: Int, n: Int, k: Int) -> Bool {
        m >= 128 && (16...256).contains(n) && k <= 512 && n * k <= 1 << 16
    }

    /// C = A B, row-major, with A [m, k] and B [k, n] or its transpose.
    static func run(
        m: Int, n: Int, k: Int,
        _ a: UnsafePointer<Float>, _ strideA: Int,
        _ b: UnsafePointer<Float>, _ strideB: Int, transposedB: Bool,
        into c: UnsafeMutablePointer<Float>, _ strideC: Int
    ) {
        let panel = Int(CK_PANEL_CHANNELS)
        let packed = Storage(count: (n + panel - 1) / panel * panel * k)
        ThreadPool.shared.run((n + panel - 1) / panel) { index in
            let first = index * panel
            let (columns, width) = (min(panel, n - first), ck_panel_width(n, index))
            let to = packed.pointer + k * first
            if transposedB {
                ck_pack_transposed(b + first * strideB, strideB, k, columns, to, width)
            } else {
                ck_pack_rows(b + first, strideB, k, columns, to, width)
            }
        }
        ThreadPool.shared.run(m, grain: max(64, (m + 7) / 8)) { rows in
            ck_multiply_panels(
                a + rows.lowerBound * strideA, strideA, rows.count, k, packed.pointer, n,
                c + rows.lowerBound * strideC, strideC)
        }
        withExtendedLifetime(packed) {}
    }
}
