import CKernels

/// The largest value in each window of images [n, h, w, c] -> [n, oh, ow, c]. The gradient goes to the first
/// maximum; a NaN counts as larger than everything.
struct MaximumPooling: Primitive {
    static let name = "maximum_pooling"
    let y: PoolingWindow
    let x: PoolingWindow

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        [try PoolingWindow.outputShape(inputs[0], [y, x], operation: Self.name)]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        WindowMaxima(y: y, x: x, guide: inputs[0]).select(from: inputs[0], shape: outputShapes[0])
    }

    var retention: Retention { .inputs(0) }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        [apply(MaximumPoolingGradient(y: y, x: x), [pass.inputs[0], pass.cotangent()])[0]]
    }
}

/// (input [n, h, w, c], g [n, oh, ow, c]) -> [n, h, w, c]: adds each g where its window has its maximum.
struct MaximumPoolingGradient: Primitive {
    static let name = "maximum_pooling_gradient"
    let y: PoolingWindow
    let x: PoolingWindow

    func outputShapes(_ inputs: [[Int]]) -> [[Int]] { [inputs[0]] }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        WindowMaxima(y: y, x: x, guide: inputs[0]).scatter(inputs[1], shape: outputShapes[0])
    }

    var retention: Retention { .inputs(0) }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        [nil, apply(MaximumSelection(y: y, x: x), [pass.inputs[0], pass.cotangent()])[0]]
    }
}

/// (guide [n, h, w, c], values of the same shape) -> [n, oh, ow, c]: the values where the guide has the maximum
/// of each window.
struct MaximumSelection: Primitive {
    static let name = "maximum_selection"
    let y: PoolingWindow
    let x: PoolingWindow

    func outputShapes(_ inputs: [[Int]]) throws(ShapeError) -> [[Int]] {
        [try PoolingWindow.outputShape(inputs[0], [y, x], operation: Self.name)]
    }

    func forward(_ inputs: [Tensor], outputShapes: [[Int]]) -> [Tensor] {
        WindowMaxima(y: y, x: x, guide: inputs[0]).select(from: inputs[1], shape: outputShapes[0])
    }

    var retention: Retention { .inputs(0) }

    func cotangents(_ pass: BackwardPass) -> [Tensor?] {
        [nil, apply(MaximumPoolingGradient(y: y, x: x), [pass.inputs[0], pass.cotangent()])[0]]
    }
}

/// Where each window of images has its maximum.
private struct WindowMaxima {
    let y: PoolingWindow
    let x: PoolingWindow
    let guide: Tensor

    init(y: PoolingWindow, x: PoolingWindow, guide: Tensor) {
        (self.y, self.x, self.guide) = (y, x, guide.contiguous())
    }

    /// Calls `body` with an image and the places of the maxima in it, one for each output and channel.
    private func forEachImage(_ outputs: Int, _ body: (Int, UnsafePointer<Int32>) -> Void) {
        let s = guide.shape
        let (height, width, channels) = (s[1], s[2], s[3])
        withExtendedLifetime(guide.storage) {
            let base = guide.base
            ThreadPool.shared.run(s[0]) { image in
                let scratch = Storage(count: outputs)
                scratch.pointer.withMemoryRebound(to: Int32.self, capacity: outputs) { places in
                    ck_window_maxima(
                        base + image * height * width * channels, height, width, channels,
                        ck_window(
                            outputs: y.outputSize(height), kernel: y.kernel, stride: y.stride,
                            padding: y.padding, dilation: y.dilation),
                        ck_window(
                            outputs: x.outputSize(width), kernel: x.kernel, stride: x.stride,
                            padding: x.padding, dilation: x.dilation), places)
                    body(image, places)
                }
            }
        }
    }

    func select(from values: Tensor, shape: [Int]) -> [Tensor] {
        let values = values.contiguous()
        let outputs = shape[1] * shape[2] * shape[3]
        let size = guide.shape[1] * guide.shape[2] * guide.shape[3]
        return [
            withExtendedLifetime(values.storage) {
                Tensor(unfilled: shape) { out in
                    let base = values.base
                    forEachImage(outputs) { image, places in
                        let (from, to) = (base + image * size, out + image * outputs)
                        for index in 0..<outputs { to[index] = from[Int(places[index])] }
                    }
                }
            }
        ]
    }

    func scatter(_ gradient: Tensor, shape: [Int]) -> [Tensor] {
        let gradient = gradient.contiguous()
        let s = gradient.shape
        let outputs = s[1] * s[2] * s[3]
        let size = shape[1] * shape[2] * shape[3]
        return [
            withExtendedLifetime(gradient.storage) {
                Tensor(unfilled: shape) { out in
                    let base = gradient.base
                    forEachImage(outputs) { image, places in
                        let (from, to) = (base + image * outputs, out + image * size)
                        to.update(repeating: 0, count: size)
                        for index in 0..<outputs { to[Int(places[index])] += from[index] }
                    }
                }
            }
        ]
    }
}
