import Audio
import Foundation
import StrictJSON

/// The check of one entry: gives its handler the inputs and the expected values, and collects what differs.
final class SignalCheck {
    let entry: SignalEntry
    let reference: SignalReference
    /// One short text per difference.
    private(set) var failures: [String] = []

    init(_ entry: SignalEntry, _ reference: SignalReference) {
        self.entry = entry
        self.reference = reference
    }

    // MARK: Inputs

    /// The samples that `input` names: frames of one channel of a file, an array, or a sine by formula.
    func samples() throws -> [Double] {
        try samples(of: require(entry.value["input"], "no input"))
    }

    /// The samples of `input.second`: the noise of a mixture.
    func secondSamples() throws -> [Double] {
        try samples(of: require(entry.value["input"]?["second"], "no second input"))
    }

    /// Hertz: of the input file, the input's formula, or the parameters `sr` and `rate`.
    func sampleRate() throws -> Int {
        try require(
            entry.value["input"]?["rate"]?.intValue ?? entry.parameter("sr")?.intValue
                ?? entry.parameter("rate")?.intValue, "no sampling rate")
    }

    private func samples(of input: JSONValue) throws -> [Double] {
        switch input["kind"]?.stringValue {
        case "file":
            let file = try require(input["file"]?.stringValue, "input without file")
            let channel = try require(input["channel"]?.intValue, "input \(file) is not of one channel")
            let start = input["start"]?.intValue ?? 0
            let sound = try reference.sound(file)
            let frames = input["frames"]?.intValue ?? sound.frameCount - start
            guard sound.channels.indices.contains(channel), start + frames <= sound.frameCount else {
                throw BrokenReference("\(file) has no channel \(channel) with frames up to \(start + frames)")
            }
            return sound.channels[channel][start..<start + frames].map(Double.init)
        case "tensor":
            return try reference.tensor(require(input["tensor"]?.stringValue, "input without tensor"))
        case "formula":
            return try sine(input)
        default:
            throw BrokenReference("input of an unknown kind")
        }
    }

    private func sine(_ input: JSONValue) throws -> [Double] {
        guard let frequency = input["freq"]?.doubleValue, let amplitude = input["amp"]?.doubleValue,
            let rate = input["rate"]?.doubleValue, let duration = input["dur"]?.doubleValue
        else { throw BrokenReference("the input's formula is no sine") }
        return (0..<Int((rate * duration).rounded())).map {
            amplitude * sin(2 * .pi * frequency * Double($0) / rate)
        }
    }

    /// An input array by its role: `<id>.in.<role>`.
    func input(_ role: String) throws -> [Double] {
        try reference.tensor(
            entry.value["input_tensors"]?[role]?["tensor"]?.stringValue ?? "\(entry.id).in.\(role)")
    }

    /// An expected array by its role.
    func expected(_ role: String) throws -> [Double] {
        try reference.tensor(
            require(entry.value["outputs"]?[role]?["tensor"]?.stringValue, "no output \(role)"))
    }

    // MARK: Verdicts

    /// Holds if the condition does; otherwise notes the text.
    func expect(_ condition: Bool, _ message: @autoclosure () -> String) {
        if !condition { failures.append(message()) }
    }

    /// Compares with an expected array: |value - reference| <= abs + rel |reference|, by the entry's tolerance
    /// unless other numbers are given.
    func expectClose(_ values: [Double], _ role: String, absolute: Double? = nil, relative: Double? = nil)
        throws
    {
        expectClose(values, to: try expected(role), role, absolute: absolute, relative: relative)
    }

    /// The same against any array.
    func expectClose(
        _ values: [Double], to reference: [Double], _ label: String, absolute: Double? = nil,
        relative: Double? = nil
    ) {
        guard values.count == reference.count else {
            failures.append("\(label): \(values.count) values, expected \(reference.count)")
            return
        }
        let absolute = absolute ?? entry.tolerance("abs")
        let relative = relative ?? entry.tolerance("rel")
        var worst = 0.0
        var index: Int?
        for i in values.indices where values[i] != reference[i] {
            let allowed = absolute + relative * abs(reference[i])
            let excess = abs(values[i] - reference[i]) / allowed
            // Not `excess > worst`: a NaN has to be found, too.
            if !(excess <= max(1, worst)) { (worst, index) = (excess.isNaN ? .infinity : excess, i) }
        }
        if let index {
            failures.append(
                "\(label): element \(index) of \(values.count) is \(values[index]), "
                    + "expected \(reference[index])")
        }
    }

    /// The same for one number.
    func expectClose(
        _ value: Double, to reference: Double, _ label: String, absolute: Double? = nil,
        relative: Double? = nil
    ) {
        expectClose([value], to: [reference], label, absolute: absolute, relative: relative)
    }

    /// Notes a value above its limit (or one that is no number).
    func expect(_ value: Double, atMost limit: Double, _ label: String) {
        expect(value <= limit, "\(label) is \(value), expected at most \(limit)")
    }

    /// Notes a value below its limit (or one that is no number).
    func expect(_ value: Double, atLeast limit: Double, _ label: String) {
        expect(value >= limit, "\(label) is \(value), expected at least \(limit)")
    }
}

/// Thrown by a handler for what the workbench does not compute.
struct Unsupported: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
