/// How a two-dimensional convolution moves over its input.
public struct ConvolutionGeometry: Sendable, Hashable {
    /// Rows and columns between neighbouring output positions; 1 or more.
    public var strideY, strideX: Int
    /// Rows and columns of zeros around the input; 0 or more.
    public var paddingY, paddingX: Int

    public init(strideY: Int = 1, strideX: Int = 1, paddingY: Int = 0, paddingX: Int = 0) {
        (self.strideY, self.strideX, self.paddingY, self.paddingX) = (strideY, strideX, paddingY, paddingX)
    }

    public init(stride: Int, padding: Int) {
        self.init(strideY: stride, strideX: stride, paddingY: padding, paddingX: padding)
    }

    /// Height and width after a convolution of [n, h, w, c] with a kernel; 0 where the kernel does not fit.
    func outputSize(height: Int, width: Int, kernelHeight: Int, kernelWidth: Int) -> (height: Int, width: Int)
    {
        (
            Self.outputSize(height, kernel: kernelHeight, stride: strideY, padding: paddingY),
            Self.outputSize(width, kernel: kernelWidth, stride: strideX, padding: paddingX)
        )
    }

    private static func outputSize(_ size: Int, kernel: Int, stride: Int, padding: Int) -> Int {
        let room = size + 2 * padding - kernel
        return room < 0 ? 0 : room / stride + 1
    }

    func validate(operation: String) throws(ShapeError) {
        guard strideY > 0, strideX > 0, paddingY >= 0, paddingX >= 0 else {
            throw ShapeError("[\(operation)] strides must be 1 or more and padding 0 or more, got \(self)")
        }
    }
}
