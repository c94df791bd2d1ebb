import Audio

enum DecodingGroup {
    static func check(_ check: SignalCheck) throws {
        let entry = check.entry
        let file = try require(entry.value["input"]?["file"]?.stringValue, "no file")
        let sound = try check.reference.sound(file)
        let absolute = entry.tolerance("abs")
        check.expect(sound.sampleRate == Int(try entry.scalar("rate")), "\(sound.sampleRate) Hz")
        check.expect(
            sound.channelCount == Int(try entry.scalar("channels")), "\(sound.channelCount) channels")
        guard sound.frameCount == Int(try entry.scalar("frames")) else {
            check.expect(false, "\(sound.frameCount) frames")
            return
        }
        func frames(from start: Int, _ role: String) throws -> [Double] {
            let count = min(try entry.shape(role)[0], sound.frameCount - start)
            return (start..<start + count).flatMap { n in sound.channels.map { Double($0[n]) } }
        }
        try check.expectClose(try frames(from: 0, "head"), "head")
        try check.expectClose(try frames(from: Int(try entry.scalar("middle_start")), "middle"), "middle")
        let samples = sound.channels.flatMap { $0.map(Double.init) }
        check.expectClose(
            samples.reduce(0, +), to: try entry.scalar("sum"), "sum",
            absolute: absolute * Double(samples.count))
        check.expectClose(SoundMeasures.rootMeanSquare(samples), to: try entry.scalar("rms"), "level")
        check.expectClose(samples.map(abs).max() ?? 0, to: try entry.scalar("peak"), "peak")
    }
}
