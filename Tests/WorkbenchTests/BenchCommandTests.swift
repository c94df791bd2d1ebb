import Foundation
import StrictJSON
import Testing

/// `bench` as a user or a script calls it.
@Suite(.serialized) struct BenchCommandTests {
    private func report(_ arguments: String...) throws -> JSONValue {
        let outcome = try BuiltProgram.run(["bench"] + arguments + ["--json", "--quiet"])
        #expect(outcome.exitCode == 0 && outcome.error.isEmpty, "\(outcome.error)")
        #expect(outcome.output.hasSuffix("}\n") && !outcome.output.dropLast().contains("\n"))
        return try JSONDocument(outcome.output).value
    }

    private func items(_ report: JSONValue) -> [JSONValue] { report["items"]?.arrayValue ?? [] }

    @Test func aStepGivesTimesLossesAndMemory() throws {
        let step = try report(
            "step", "--threads", "2", "--steps", "3", "--warmup", "1", "--batch", "1", "--losses")
        for key in [
            "median_ms", "min_ms", "p10_ms", "p90_ms", "max_ms", "cpu_s_per_step", "peak_rss_mib", "loss_d",
            "loss_g",
            "live_mib_peak", "idle_mib", "first_step_start_s",
        ] {
            #expect((step[key]?.doubleValue ?? -1) > 0, "\(key): \(String(describing: step[key]))")
        }
        #expect(step["threads"]?.intValue == 2 && step["engine"]?.stringValue == "winograd")
        // A step gives back all that it takes.
        #expect(step["live_mib_before"] == step["live_mib_after"])
        #expect(step["losses"]?.arrayValue?.count == 4)
        #expect(step["losses"]?[3]?[1] == step["loss_g"])
    }

    /// In one process each, so that nothing of a process may decide a bit.
    @Test(arguments: ["winograd", "direct", "blas"])
    func lossesDoNotDependOnThreadsOrProcess(engine: String) throws {
        func losses(_ threads: String) throws -> JSONValue? {
            try report(
                "step", "--engine", engine, "--threads", threads, "--steps", "3", "--warmup", "1", "--batch",
                "2", "--losses")["losses"]
        }
        let one = try losses("1")
        #expect(one?.arrayValue?.count == 4)
        for threads in ["1", "2", "4"] { #expect(try losses(threads) == one, "\(threads) threads") }
    }

    @Test func memoryDoesNotGrow() throws {
        let memory =
            try report("step", "--steps", "10", "--warmup", "2", "--batch", "1", "--memory")["memory"]?
            .arrayValue ?? []
        #expect(memory.compactMap { $0["step"]?.intValue } == [0, 10])
        #expect(Set(memory.compactMap { $0["live_mib"]?.doubleValue }).count == 1)
    }

    @Test func productsTellThePeak() throws {
        let gemm = try report("gemm", "--threads", "2", "--rounds", "1", "--only", "256x256x256")
        #expect(items(gemm).compactMap { $0["threads"]?.intValue } == [1, 2])
        let peaks = gemm["peaks"]?.arrayValue ?? []
        #expect(peaks.compactMap { $0["gflops"] } == items(gemm).compactMap { $0["gflops"] })
    }

    @Test func convolutionsAreSharesOfThePeak() throws {
        let conv = try report(
            "conv", "--threads", "1", "--rounds", "1", "--engine", "blas", "--only", "128->1 16x16", "--step")
        #expect(
            items(conv).compactMap { $0["pass"]?.stringValue }
                == ["forward", "input_gradient", "weight_gradient"])
        #expect(items(conv).compactMap { $0["calls_a_step"]?.intValue } == [3, 3, 2])
        let peak = conv["peak_gflops"]?.doubleValue ?? .nan
        for item in items(conv) {
            let share = (item["gflops"]?.doubleValue ?? .nan) / peak
            #expect(abs(share - (item["of_peak"]?.doubleValue ?? .nan)) < 1e-3)
            // 2 · 8 images · 256 positions · 9 taps · 128 channels
            let operations = 2.0 * 8 * 256 * 9 * 128
            let seconds = (item["median_us"]?.doubleValue ?? .nan) / 1e6
            #expect(abs(operations / seconds / 1e9 / (item["gflops"]?.doubleValue ?? .nan) - 1) < 0.01)
        }
    }

    @Test func passesAreSharesOfACopy() throws {
        let passes = try report("ops", "--rounds", "1", "--only", "add")
        let found = items(passes).map {
            "\($0["operation"]?.stringValue ?? "") \($0["mebibytes"]?.intValue ?? 0)"
        }
        #expect(found == ["copy 2", "copy 64", "add 2", "add 64"])
        #expect(items(passes).prefix(2).allSatisfy { $0["of_copy"]?.doubleValue == 1 })
        let products = try report("ops", "--rounds", "1", "--only", "gru")
        // Five products of a step, and two whole layers.
        #expect(items(products).count == 7 && items(products).allSatisfy { $0["of_copy"] == nil })
    }

    @Test(
        arguments: [
            (["step", "--steps", "0"], 2, "--steps"),
            (["step", "--threads", "0"], 2, "1 to 256"),
            (["step", "--engine", "dirct"], 2, "direct"),
            (["step", "--batch", "2", "--weights", "x"], 2, "give one of them"),
            (["step", "--weights", "nowhere.safetensors"], 3, "nowhere.safetensors"),
            (["conv", "--only", "nonsense"], 2, "32->64 64x64 k4 s2"),
            (["ops", "--only", "nonsense"], 2, "batch norm backward"),
            (["gemm", "--rounds", "0"], 2, "1 or more"),
        ] as [([String], Int32, String)])
    func mistakesAreTold(arguments: [String], exitCode: Int32, text: String) throws {
        let outcome = try BuiltProgram.run(["bench"] + arguments)
        #expect(outcome.exitCode == exitCode && outcome.output.isEmpty, "\(outcome)")
        #expect(outcome.error.contains(text), "\(outcome.error)")
    }

    @Test func tablesForPeople() throws {
        let outcome = try BuiltProgram.run(
            ["bench", "gemm", "--rounds", "1", "--only", "256x256x256", "--threads", "1"])
        #expect(outcome.output.contains("GFLOP/s") && outcome.output.contains("peak with 1 thread: "))
        #expect(outcome.error.contains("gemm"))
    }
}
