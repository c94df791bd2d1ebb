import Audio

enum WindowGroup {
    static func check(_ check: SignalCheck) throws {
        let entry = check.entry
        let window = try require(Window(rawValue: entry.text("window")), "unknown window")
        let values =
            if let length = entry.parameter("length")?.intValue {
                window.values(length: length, periodic: try entry.flag("periodic"))
            } else {
                ShortTimeFourierTransform(
                    fftSize: try entry.integer("n_fft"), windowLength: try entry.integer("win_length"),
                    window: window
                ).window
            }
        try check.expectClose(values, "out")
    }
}
