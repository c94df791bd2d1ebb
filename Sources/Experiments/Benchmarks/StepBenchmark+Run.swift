import Foundation
import Statistics
import StrictJSON
import Tensor

extension StepBenchmark {
    /// What to run.
    public struct Options: Sendable {
        /// 1 ... 256.
        public var threads = ThreadPool.shared.threadCount
        /// Timed steps, 1 or more.
        public var steps = 20
        /// Steps before timing starts, 0 or more.
        public var warmup = 4
        /// Images in a batch, 1 or more; a file of weights brings its own.
        public var batch = 8
        public var engine = ConvolutionEngine.current
        /// A safetensors file with weights and data; default: drawn from a seed.
        public var weights: String?
        /// Timed steps between two looks at memory, the last step always being one; nil for none.
        public var memoryEvery: Int?

        public init() {}
    }

    /// Memory at one moment, MiB.
    public struct MemorySample: Sendable, Equatable {
        /// Timed steps done.
        public let step: Int
        /// In tensors that are alive, and kept for reuse.
        public let live, idle: Double
        /// Resident in the process; nil where the system does not tell.
        public let resident: Double?

        static func now(step: Int) -> MemorySample {
            let statistics = BufferPool.shared.statistics
            return MemorySample(
                step: step, live: statistics.liveBytes.mebibytes, idle: statistics.idleBytes.mebibytes,
                resident: Resources.residentMemoryMiB)
        }
    }

    /// What a series of steps took.
    public struct Report: Sendable {
        public let options: Options
        /// Milliseconds of the timed steps, in rising order.
        public let milliseconds: [Double]
        /// User and system time of all threads.
        public let cpuSecondsPerStep: Double
        /// From the start of the process to the beginning of the first step, in seconds.
        public let firstStepStart: Double
        public let peakMemoryMiB: Int
        /// Before the first and after the last timed step.
        public let before, after: MemorySample
        /// The largest amount in live tensors at once, MiB.
        public let peakLive: Double
        /// Of every step, those before timing first.
        public let losses: [Losses]
        /// While the steps ran, if asked for.
        public let memory: [MemorySample]

        public var median: Double { milliseconds.quantile(0.5) ?? .nan }
        public var minimum: Double { milliseconds.quantile(0) ?? .nan }
    }

    /// Runs the steps before timing, then the timed ones.
    ///
    /// - Throws: as `load(contentsOf:)`.
    public static func run(_ options: Options, reporter: (any RunReporter)? = nil) throws -> Report {
        ThreadPool.shared.threadCount = options.threads
        ConvolutionEngine.current = options.engine
        let benchmark = StepBenchmark(batch: options.batch)
        var options = options
        if let path = options.weights {
            try benchmark.load(contentsOf: path)
            options.batch = benchmark.input.shape[0]
        }
        var losses: [Losses] = []
        reporter?.begin("step", total: options.warmup + options.steps, unit: "steps")
        defer { reporter?.end() }
        func step() {
            losses.append(benchmark.step())
            reporter?.update(losses.count, tail: nil)
        }

        let firstStepStart = Resources.secondsSinceStart
        for _ in 0..<options.warmup { step() }
        var milliseconds: [Double] = []
        let before = MemorySample.now(step: 0)
        var memory = options.memoryEvery == nil ? [] : [before]
        let cpu = Resources.cpuSeconds
        for number in 1...max(1, options.steps) {
            milliseconds.append(1e3 * InterleavedTimer.time(step))
            if let every = options.memoryEvery, number % every == 0 || number == options.steps {
                memory.append(.now(step: number))
            }
        }
        let used = Resources.cpuSeconds - cpu
        return Report(
            options: options, milliseconds: milliseconds.sorted(),
            cpuSecondsPerStep: used / Double(milliseconds.count), firstStepStart: firstStepStart,
            peakMemoryMiB: Resources.peakMemoryMiB, before: before, after: .now(step: options.steps),
            peakLive: BufferPool.shared.statistics.peakLiveBytes.mebibytes, losses: losses, memory: memory)
    }
}

extension StepBenchmark.Report {
    /// The report for machines. The keys up to `loss_g` are those of the peer's script.
    ///
    /// - Parameter withLosses: adds `losses`, pairs of discriminator and generator.
    public func json(withLosses: Bool = false) -> JSONObject {
        // Live memory to the byte: a forgotten scalar must show.
        func rounded(_ value: Double, _ scale: Double = 1e3) -> JSONValue {
            .number((value * scale).rounded() / scale)
        }
        func pair(_ losses: StepBenchmark.Losses) -> JSONValue {
            .array([.number(Double(losses.discriminator)), .number(Double(losses.generator))])
        }
        var object: JSONObject = [
            "what": "workbench_unet_gan_step", "threads": .integer(options.threads),
            "batch": .integer(options.batch), "median_ms": rounded(median), "min_ms": rounded(minimum),
            "cpu_s_per_step": rounded(cpuSecondsPerStep, 1e4), "peak_rss_mib": .integer(peakMemoryMiB),
            "engine": .string(options.engine.rawValue), "steps": .integer(options.steps),
            "warmup": .integer(options.warmup), "p10_ms": rounded((milliseconds.quantile(0.1) ?? .nan)),
            "p90_ms": rounded((milliseconds.quantile(0.9) ?? .nan)),
            "max_ms": rounded((milliseconds.quantile(1) ?? .nan)),
            "live_mib_before": rounded(before.live, 1e6), "live_mib_after": rounded(after.live, 1e6),
            "live_mib_peak": rounded(peakLive), "idle_mib": rounded(after.idle),
            "first_step_start_s": rounded(firstStepStart),
        ]
        if let last = losses.last {
            object["loss_d"] = .number(Double(last.discriminator))
            object["loss_g"] = .number(Double(last.generator))
        }
        if withLosses { object["losses"] = .array(losses.map(pair)) }
        if options.memoryEvery != nil {
            object["memory"] = .array(
                memory.map { sample in
                    .object([
                        "step": .integer(sample.step), "live_mib": rounded(sample.live, 1e6),
                        "idle_mib": rounded(sample.idle),
                        "rss_mib": sample.resident.map { rounded($0) } ?? .null,
                    ])
                })
        }
        return object
    }
}
