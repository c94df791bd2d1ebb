import StrictJSON
import Tensor

/// The sizes of a convolution that is timed.
public struct ConvolutionLayer: Sendable {
    public var batch = 8
    /// Channels of the input, and how many of them come from a second tensor, as a skip connection's do.
    public let inChannels, skipChannels: Int
    public let outChannels: Int
    /// Height and width of the input.
    public let size: Int
    public let kernel, stride: Int
    public let isTransposed: Bool
    /// How often one training step of the benchmark network runs it: forward, gradient to the input,
    /// gradient to the weights.
    public var calls = (forward: 0, input: 0, weight: 0)

    init(
        _ inChannels: Int, _ outChannels: Int, skip: Int = 0, size: Int, kernel: Int, stride: Int,
        transposed: Bool = false, calls: (Int, Int, Int) = (0, 0, 0)
    ) {
        (self.inChannels, skipChannels, self.outChannels) = (inChannels, skip, outChannels)
        self.size = size
        (self.kernel, self.stride, isTransposed) = (kernel, stride, transposed)
        self.calls = calls
    }

    var padding: Int { 1 }
    var geometry: ConvolutionGeometry { ConvolutionGeometry(stride: stride, padding: padding) }
    /// One shape, or that of the skip connection as a second.
    var sourceShapes: [[Int]] {
        [inChannels - skipChannels, skipChannels].filter { $0 > 0 }.map { [batch, size, size, $0] }
    }
    var weightShape: [Int] {
        isTransposed ? [inChannels, kernel, kernel, outChannels] : [outChannels, kernel, kernel, inChannels]
    }

    /// Operations of one pass, forward or backward; taps that fall on the padding count too.
    var operations: Double {
        let positions = isTransposed ? size * size : (size / stride) * (size / stride)
        return 2 * Double(batch * positions * kernel * kernel * inChannels * outChannels)
    }

    public var name: String {
        (skipChannels > 0 ? "\(inChannels - skipChannels)+\(skipChannels)" : "\(inChannels)")
            + "->\(outChannels) \(size)x\(size) k\(kernel) s\(stride)"
            + (isTransposed ? " transposed" : "")
    }

    var facts: JSONObject {
        [
            "batch": .integer(batch), "in": .integer(inChannels), "out": .integer(outChannels),
            "size": .integer(size), "kernel": .integer(kernel), "stride": .integer(stride),
            "padding": .integer(padding), "transposed": .bool(isTransposed),
        ]
    }

    func callAsFunction(_ sources: [Tensor], _ weight: Tensor) -> Tensor {
        isTransposed
            ? .transposedConvolved(sources, weight, geometry) : .convolved(sources, weight, geometry)
    }
}

extension ConvolutionLayer {
    /// A spread of sizes: many and few channels, large and small images, and the awkward ones.
    public static let spread: [ConvolutionLayer] = [
        .init(32, 64, size: 64, kernel: 4, stride: 2), .init(64, 128, size: 32, kernel: 4, stride: 2),
        .init(128, 256, size: 16, kernel: 4, stride: 2), .init(32, 32, size: 128, kernel: 3, stride: 1),
        .init(64, 64, size: 64, kernel: 3, stride: 1), .init(128, 128, size: 32, kernel: 3, stride: 1),
        .init(256, 256, size: 16, kernel: 3, stride: 1), .init(16, 32, size: 64, kernel: 4, stride: 2),
        .init(32, 16, size: 64, kernel: 4, stride: 2, transposed: true),
        .init(1, 16, size: 128, kernel: 4, stride: 2), .init(17, 1, size: 128, kernel: 3, stride: 1),
    ]

    /// Every convolution of the training step of `StepBenchmark`. Both U-Nets have the same layers; only the
    /// first one's first layer needs no gradient to its input, since that is data. The discriminator runs
    /// three times forward (real, generated, generated again after its update), twice backward for its own
    /// loss and once through to its input for the generator's.
    public static let step: [ConvolutionLayer] = {
        let base = 16, depth = 5
        let channels = (0..<depth).map { base << $0 }
        var layers: [ConvolutionLayer] = []
        for level in 0..<depth {
            layers.append(
                .init(
                    level == 0 ? 1 : channels[level - 1], channels[level], size: 128 >> level, kernel: 4,
                    stride: 2, calls: (2, level == 0 ? 1 : 2, 2)))
        }
        for level in (0..<depth).reversed() {
            layers.append(
                .init(
                    channels[level] * (level == depth - 1 ? 1 : 2), level > 0 ? channels[level - 1] : base,
                    skip: level == depth - 1 ? 0 : channels[level], size: 128 >> (level + 1), kernel: 4,
                    stride: 2, transposed: true, calls: (2, 2, 2)))
        }
        layers.append(.init(base + 1, 1, skip: 1, size: 128, kernel: 3, stride: 1, calls: (2, 2, 2)))
        for (level, pair) in [(2, 32), (32, 64), (64, 128)].enumerated() {
            layers.append(
                .init(
                    pair.0, pair.1, size: 128 >> level, kernel: 4, stride: 2,
                    calls: (3, level == 0 ? 1 : 3, 2)))
        }
        layers.append(.init(128, 1, size: 16, kernel: 3, stride: 1, calls: (3, 3, 2)))
        return layers
    }()
}
