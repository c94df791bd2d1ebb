import StrictJSON
import Tensor

/// `stats`: dropout, whose mask is the library's own. What must hold for any mask is checked.
enum StatisticsKind {
    static func run(_ run: CaseRun) throws {
        guard let expected = run.instance.json["expect"],
            let scale = expected["survivor_scale"]?.doubleValue,
            let low = expected["zero_fraction"]?[0]?.doubleValue,
            let high = expected["zero_fraction"]?[1]?.doubleValue
        else { throw BrokenFixture("a case without expectations") }
        let tape = Tape()
        var inputs = try run.inputs()
        guard let values = inputs["input"]?.tensor else { throw BrokenFixture("no input") }
        let x = tape.watch(values)
        inputs["input"] = .tensor(x)
        let call = Call(values: inputs, arguments: run.instance.arguments)
        let y = try tape.record { try CaseRun.call(run.instance.operation, call)[0] }
        guard y.shape == x.shape else { throw Mismatch("shape \(y.shape), expected \(x.shape)") }

        let zeros = Double(y.values.count { $0 == 0 }) / Double(max(1, y.count))
        guard (low...high).contains(zeros) else {
            throw Mismatch("\(zeros) of the elements are zero, expected \(low) to \(high)")
        }
        let tolerance = Tolerance(absolute: 1e-6, relative: 1e-5)
        let kept = Tensor(y.values.map { $0 == 0 ? 0 : Float(scale) }, shape: y.shape)
        try Comparison.check(.tensor(y), .tensor(x.detached * kept), tolerance, "survivors")

        var stream = RandomStream(seed: 1, "upstream")
        let upstream = Tensor.normal(y.shape, from: &stream)
        let gradient = tape.gradients(of: y, seed: upstream)[x] ?? .zeros(x.shape)
        try Comparison.check(.tensor(gradient), .tensor(upstream * kept), tolerance, "gradient")
    }
}
