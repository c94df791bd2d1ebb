import COpenBLAS

/// The only caller of BLAS.
///
/// BLAS runs on the calling thread alone; operations split their work over the thread pool themselves, at
/// borders that depend on shapes only.
enum MatrixMultiply {
    private static let configured: Void = openblas_set_num_threads(1)

    /// C = A B + beta C, row-major, with A [m, k] or its transpose and B [k, n] or its transpose.
    static func run(
        m: Int, n: Int, k: Int,
        _ a: UnsafePointer<Float>, _ strideA: Int, transposedA: Bool = false,
        _ b: UnsafePointer<Float>, _ strideB: Int, transposedB: Bool = false,
        into c: UnsafeMutablePointer<Float>, _ strideC: Int, beta: Float = 0
    ) {
        configured
        if m == 0 || n == 0 { return }
        cblas_sgemm(
            CblasRowMajor, transposedA ? CblasTrans : CblasNoTrans, transposedB ? CblasTrans : CblasNoTrans,
            blasint(m), blasint(n), blasint(k), 1, a, blasint(max(1, strideA)), b, blasint(max(1, strideB)),
            beta, c, blasint(max(1, strideC)))
    }

    /// The same, split into blocks of rows or columns that run in parallel.
    static func runParallel(
        m: Int, n: Int, k: Int,
        _ a: UnsafePointer<Float>, _ strideA: Int, transposedA: Bool,
        _ b: UnsafePointer<Float>, _ strideB: Int, transposedB: Bool,
        into c: UnsafeMutablePointer<Float>, _ strideC: Int
    ) {
        // Below this much work a second thread costs more than it gives.
        let blocks = m * n * k < 1 << 18 ? 1 : 8
        if m >= n {
            let grain = max(16, (m + blocks - 1) / blocks)
            ThreadPool.shared.run(m, grain: blocks == 1 ? max(1, m) : grain) { rows in
                run(
                    m: rows.count, n: n, k: k,
                    a + rows.lowerBound * (transposedA ? 1 : strideA), strideA, transposedA: transposedA,
                    b, strideB, transposedB: transposedB, into: c + rows.lowerBound * strideC, strideC)
            }
        } else {
            let grain = max(16, (n + blocks - 1) / blocks)
            ThreadPool.shared.run(n, grain: blocks == 1 ? max(1, n) : grain) { columns in
                run(
                    m: m, n: columns.count, k: k, a, strideA, transposedA: transposedA,
                    b + columns.lowerBound * (transposedB ? strideB : 1), strideB, transposedB: transposedB,
                    into: c + columns.lowerBound, strideC)
            }
        }
    }
}
