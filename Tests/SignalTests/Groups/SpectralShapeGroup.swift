import Audio

enum SpectralShapeGroup {
    static func check(_ check: SignalCheck) throws {
        let transform = try ShortTimeFourierTransform(check.entry)
        let samples = try check.samples()
        let rate = try check.sampleRate()
        let shape = SpectralShape(
            transform.analyse(samples), sampleRate: rate, fftSize: transform.fftSize)
        try check.expectClose(shape.centroid, "centroid")
        try check.expectClose(shape.bandwidth, "bandwidth")
        try check.expectClose(shape.flatness(), "flatness")
        // One bin of difference is allowed at ties.
        let bin = Double(rate) / Double(transform.fftSize)
        try check.expectClose(shape.rollOff(share: 0.85), "rolloff85", absolute: 1.001 * bin)
        try check.expectClose(shape.rollOff(share: 0.95), "rolloff95", absolute: 1.001 * bin)
        let frames = FrameMeasures(frameLength: transform.fftSize, hopLength: transform.hopLength)
        try check.expectClose(frames.rootMeanSquare(samples), "rms")
        try check.expectClose(frames.zeroCrossingRate(samples), "zcr")
    }
}
