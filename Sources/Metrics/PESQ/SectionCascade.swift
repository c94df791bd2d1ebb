/// Second-order sections one after the other, over two signals at once.
struct SectionCascade: Sendable {
    private let sections: [PESQFilters.Section]

    init(_ sections: [PESQFilters.Section]) { self.sections = sections }

    /// Filters both signals in place, from rest.
    func apply(to first: inout [Double], _ second: inout [Double]) {
        let coefficients = sections.map { section in
            (
                SIMD2<Double>(repeating: section.b0), SIMD2<Double>(repeating: section.b1),
                SIMD2<Double>(repeating: section.b2), SIMD2<Double>(repeating: section.a1),
                SIMD2<Double>(repeating: section.a2)
            )
        }
        var states = [(SIMD2<Double>, SIMD2<Double>)](repeating: (.zero, .zero), count: sections.count)
        let count = first.count
        first.withUnsafeMutableBufferPointer { first in
            second.withUnsafeMutableBufferPointer { second in
                states.withUnsafeMutableBufferPointer { states in
                    coefficients.withUnsafeBufferPointer { coefficients in
                        for i in 0..<count {
                            var x = SIMD2(first[i], second[i])
                            for s in 0..<coefficients.count {
                                let (b0, b1, b2, a1, a2) = coefficients[s]
                                let y = b0 * x + states[s].0
                                states[s].0 = b1 * x - a1 * y + states[s].1
                                states[s].1 = b2 * x - a2 * y
                                x = y
                            }
                            first[i] = x[0]
                            second[i] = x[1]
                        }
                    }
                }
            }
        }
    }
}
