import Tensor

/// Linear convolution by overlap-add of real Fourier transforms.
public enum Convolution {
    /// The first `signal.count` samples of the convolution: `y[n] = sum over k of h[k] x[n - k]`.
    ///
    /// - Parameters:
    ///   - signal: Any length.
    ///   - response: h, causal, not empty.
    public static func causal(_ signal: [Float], with response: [Float]) -> [Float] {
        require(!response.isEmpty, "[convolution] the response is empty")
        var length = 4096
        while length < 4 * response.count { length *= 2 }
        let block = length - response.count + 1
        let transform = RealFFTFloat.plan(length: length)
        var padded = response + [Float](repeating: 0, count: length - response.count)
        let kernel = transform.forward(padded)
        let scale = 1 / Float(length)
        var result = [Float](repeating: 0, count: signal.count)
        var real = [Float](repeating: 0, count: transform.binCount)
        var imaginary = real
        var start = 0
        while start < signal.count {
            let used = min(block, signal.count - start)
            for i in 0..<used { padded[i] = signal[start + i] }
            for i in used..<length { padded[i] = 0 }
            transform.forward(padded, real: &real, imaginary: &imaginary)
            for k in real.indices {
                let (a, b) = (real[k] * scale, imaginary[k] * scale)
                real[k] = a * kernel.real[k] - b * kernel.imaginary[k]
                imaginary[k] = a * kernel.imaginary[k] + b * kernel.real[k]
            }
            transform.inverse(real: real, imaginary: imaginary, &padded)
            for i in 0..<min(length, signal.count - start) { result[start + i] += padded[i] }
            start += block
        }
        return result
    }
}
