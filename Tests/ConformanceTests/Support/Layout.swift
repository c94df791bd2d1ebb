import Tensor

/// PyTorch's channels-first layouts and the library's channels-last ones. Only the runner moves axes.
extension Tensor {
    /// [n, c, spatial...] -> [n, spatial..., c].
    var channelsLast: Tensor {
        rank < 3 ? self : permuted([0] + Array(2..<rank) + [1])
    }

    /// [n, spatial..., c] -> [n, c, spatial...].
    var channelsFirst: Tensor {
        rank < 3 ? self : permuted([0, rank - 1] + Array(1..<(rank - 1)))
    }
}
