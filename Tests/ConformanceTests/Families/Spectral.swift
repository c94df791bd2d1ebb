import Losses
import Tensor

let spectralOperations: [String: ConformanceOperation] = [
    "fft.rfft": { call in
        let (x, options) = (try call.tensor("input"), try FourierOptions(call))
        try Tensor.validateFourier(x.shape, axis: options.axis, length: options.length)
        let result = x.realFourier(
            axis: options.axis, length: options.length, normalisation: options.normalisation)
        return [result.real, result.imaginary]
    },
    "fft.irfft": { call in
        let (real, imaginary) = (try call.tensor("real"), try call.tensor("imag"))
        let options = try FourierOptions(call)
        try Tensor.validateFourier(
            real.shape, imaginary.shape, axis: options.axis, length: options.length)
        return [
            Tensor.inverseRealFourier(
                real: real, imaginary: imaginary, axis: options.axis, length: options.length,
                normalisation: options.normalisation)
        ]
    },
    "fft.fft": { try complex($0, inverse: false) },
    "fft.ifft": { try complex($0, inverse: true) },
    "stft": { call in
        let (x, transform) = (try call.tensor("input"), try shortTime(call))
        try transform.validate(x.shape)
        let result = transform(x)
        return [result.real.transposed(), result.imaginary.transposed()]
    },
    "istft": { call in
        let (real, imaginary) = (
            try call.tensor("real").transposed(), try call.tensor("imag").transposed()
        )
        let (transform, length) = (try shortTime(call), try call.optionalInt("length"))
        try transform.validateInverse(real.shape, imaginary.shape, length: length)
        return [transform.inverse(real: real, imaginary: imaginary, length: length)]
    },
    "custom.stft_magnitude": { call in
        [
            try shortTime(call).magnitude(try call.tensor("input"), floor: try call.float("clamp_min"))
                .transposed()
        ]
    },
    "custom.stft_loss": { call in
        let loss = STFTLoss(try shortTime(call), floor: try call.float("clamp_min"))
        let result = loss(try call.tensor("input"), try call.tensor("target"))
        return [result.convergence, result.logMagnitude]
    },
    "custom.multi_resolution_stft_loss": { call in
        let windows = try call.list("windows")
        let resolutions = (call.argument("resolutions")?.arrayValue ?? []).map {
            ($0.arrayValue ?? []).compactMap(\.intValue)
        }
        let transforms = zip(resolutions, windows).map {
            ShortTimeFourier(fftSize: $0[0], hopLength: $0[1], window: $1.values)
        }
        let loss = MultiResolutionSTFT(transforms, floor: try call.float("clamp_min"))
        let parts = loss.parts(try call.tensor("input"), try call.tensor("target"))
        return [parts.convergence, parts.logMagnitude]
    },
    "custom.log_mel": { call in [try logMel(call)(try call.tensor("input")).transposed()] },
    "custom.log_mel_l1_loss": { call in
        [try logMel(call).distance(try call.tensor("input"), try call.tensor("target"))]
    },
]

private struct FourierOptions {
    let axis: Int
    let length: Int?
    let normalisation: FourierNormalisation

    init(_ call: Call) throws {
        axis = try call.int("dim", default: -1)
        length = try call.optionalInt("n")
        let name = call.argument("norm")?.stringValue ?? "backward"
        guard let value = FourierNormalisation(rawValue: name) else { throw Unsupported("norm \(name)") }
        normalisation = value
    }
}

private func complex(_ call: Call, inverse: Bool) throws -> [Tensor] {
    let (real, imaginary) = (try call.tensor("real"), try call.tensor("imag"))
    let options = try FourierOptions(call)
    try Tensor.validateFourier(real.shape, imaginary.shape, axis: options.axis, length: options.length)
    let result = Tensor.complexFourier(
        real: real, imaginary: imaginary, axis: options.axis, length: options.length, inverse: inverse,
        normalisation: options.normalisation)
    return [result.real, result.imaginary]
}

private func shortTime(_ call: Call) throws -> ShortTimeFourier {
    let size = try call.int("n_fft")
    let mode = call.argument("pad_mode")?.stringValue ?? "reflect"
    guard ["reflect", "constant"].contains(mode) else { throw Unsupported("pad_mode \(mode)") }
    let window = try call.optionalTensor("window")?.values
    let length = try call.optionalInt("win_length") ?? size
    return ShortTimeFourier(
        fftSize: size, hopLength: try call.int("hop_length"),
        window: window ?? [Float](repeating: 1, count: length),
        isCentred: try call.bool("center", default: true),
        padding: mode == "reflect" ? .reflect : .constant(0),
        isNormalised: try call.bool("normalized"), isOneSided: try call.bool("onesided", default: true))
}

private func logMel(_ call: Call) throws -> LogMel {
    LogMel(
        try shortTime(call), filters: try call.tensor("mel_fb"), powerFloor: try call.float("clamp_min"),
        floor: try call.float("log_min"))
}
