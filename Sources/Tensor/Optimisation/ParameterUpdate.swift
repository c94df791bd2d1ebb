/// Rewrites a parameter and what an optimiser remembers of it in one pass, on all threads.
enum ParameterUpdate {
    /// The parameter, the moments, the gradient, and how many elements from these addresses on.
    typealias Kernel = (
        UnsafeMutablePointer<Float>, [UnsafeMutablePointer<Float>], UnsafePointer<Float>, Int
    ) -> Void

    static func run(_ parameter: Parameter, _ moments: [Parameter], _ gradient: Tensor, _ kernel: Kernel) {
        require(
            gradient.shape == parameter.shape && moments.allSatisfy { $0.shape == parameter.shape },
            "[optimiser] gradient \(gradient.shape) and moments \(moments.map(\.shape)) must have the "
                + "parameter's shape \(parameter.shape)")
        gradient.withValues { g in
            guard let g = g.baseAddress else { return }
            parameter.update { p in
                guard let p = p.baseAddress else { return }
                opened(moments[...], []) { addresses in
                    ThreadPool.shared.run(gradient.count, grain: Elementwise.grain) { range in
                        let start = range.lowerBound
                        kernel(p + start, addresses.map { $0 + start }, g + start, range.count)
                    }
                }
            }
        }
    }

    /// Opens the moments one inside the other.
    private static func opened(
        _ rest: ArraySlice<Parameter>, _ addresses: [UnsafeMutablePointer<Float>],
        _ body: ([UnsafeMutablePointer<Float>]) -> Void
    ) {
        guard let next = rest.first else { return body(addresses) }
        next.update { elements in
            guard let base = elements.baseAddress else { return }
            opened(rest.dropFirst(), addresses + [base], body)
        }
    }
}
