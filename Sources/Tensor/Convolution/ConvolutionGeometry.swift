/// How a two-dimensional convolution moves over its input.
public struct ConvolutionGeometry: Sendable, Hashable {
    /// Rows and columns between neighbouring output positions; 1 or more.
    public var strideY, strideX: Int
    /// Rows and columns of zeros around the input; 0 or more.
    public var paddingY, paddingX: Int
    /// Rows and columns between neighbouring taps of the kernel; 1 or more.
    public var dilationY, dilationX: Int
    /// Into how many groups the channels are divided; group g of the outputs sees group g of the inputs alone.
    public var groups: Int

    public init(
        strideY: Int = 1, strideX: Int = 1, paddingY: Int = 0, paddingX: Int = 0, dilationY: Int = 1,
        dilationX: Int = 1, groups: Int = 1
    ) {
        (self.strideY, self.strideX, self.paddingY, self.paddingX) = (strideY, strideX, paddingY, paddingX)
        (self.dilationY, self.dilationX, self.groups) = (dilationY, dilationX, groups)
    }

    public init(stride: Int, padding: Int, dilation: Int = 1, groups: Int = 1) {
        self.init(
            strideY: stride, strideX: stride, paddingY: padding, paddingX: padding, dilationY: dilation,
            dilationX: dilation, groups: groups)
    }

    /// The same for the channels of one group.
    var ofOneGroup: ConvolutionGeometry {
        var geometry = self
        geometry.groups = 1
        return geometry
    }

    /// Height and width after a convolution of [n, h, w, c] with a kernel; 0 where the kernel does not fit.
    func outputSize(height: Int, width: Int, kernelHeight: Int, kernelWidth: Int) -> (height: Int, width: Int)
    {
        (
            Self.outputSize(
                height, kernel: kernelHeight, stride: strideY, padding: paddingY, dilation: dilationY),
            Self.outputSize(
                width, kernel: kernelWidth, stride: strideX, padding: paddingX, dilation: dilationX)
        )
    }

    private static func outputSize(_ size: Int, kernel: Int, stride: Int, padding: Int, dilation: Int) -> Int
    {
        let room = size + 2 * padding - (kernel - 1) * dilation - 1
        return room < 0 || kernel < 1 ? 0 : room / stride + 1
    }

    func validate(operation: String) throws(ShapeError) {
        guard strideY > 0, strideX > 0, paddingY >= 0, paddingX >= 0 else {
            throw ShapeError("[\(operation)] strides must be 1 or more and padding 0 or more, got \(self)")
        }
        guard dilationY > 0, dilationX > 0, groups > 0 else {
            throw ShapeError("[\(operation)] dilations and groups must be 1 or more, got \(self)")
        }
    }
}
