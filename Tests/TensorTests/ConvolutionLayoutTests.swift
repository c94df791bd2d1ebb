import Testing

@testable import Tensor

@Suite("Convolutions with odd layouts")
struct ConvolutionLayoutTests {
    @Test(
        "a kernel of one input channel may lie in memory as any view does",
        arguments: ConvolutionEngine.allCases)
    func singleInputChannel(engine: ConvolutionEngine) {
        var stream = RandomStream(seed: 1, "layout")
        let x = Tensor.normal([2, 6, 5, 1], from: &stream)
        // [out, kernel, kernel, 1] seen through [out, 1, kernel, kernel].
        let view = Tensor.normal([8, 1, 3, 3], from: &stream).permuted([0, 2, 3, 1])
        let plain = Tensor(view.values, shape: view.shape)
        engine.use {
            #expect(x.convolved(view).values == x.convolved(plain).values)
        }
    }
}
