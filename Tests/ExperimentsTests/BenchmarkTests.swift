import Foundation
import Layers
import StrictJSON
import Tensor
import Testing

@testable import Experiments

@Suite struct BenchmarkTests {
    @Test func itemsAreTimedInTurn() {
        var calls: [String] = []
        func item(_ name: String) -> BenchmarkItem {
            BenchmarkItem(
                name, size: "", facts: [:], threads: ThreadPool.shared.threadCount, work: .operations(2e9),
                prepare: { calls.append("prepare " + name) }
            ) {
                { calls.append(name) }
            }
        }
        // A sample of no length is one call.
        let results = InterleavedTimer.run([item("a"), item("b")], rounds: 2, sampleSeconds: 0)
        let round = ["prepare a", "a", "a", "prepare b", "b", "b"]
        #expect(calls == round + round + round)
        #expect(results.map(\.item.operation) == ["a", "b"])
        #expect(results.allSatisfy { $0.seconds.count == 2 && $0.bestRate >= $0.medianRate })
    }

    /// The list of layers is the network: its forward work is what the networks say of themselves.
    @Test func theLayersOfAStepAreThoseOfTheNetworks() {
        let generator = UNet.multiplyAdds(inChannels: 1, baseChannels: 16, depth: 5, height: 128, width: 128)
        let judge = PatchDiscriminator.multiplyAdds(
            inChannels: 2, baseChannels: 32, layers: 3, height: 128, width: 128)
        let forward = ConvolutionLayer.step.reduce(0) { $0 + Double($1.calls.forward) * $1.operations }
        #expect(forward == 2 * 8 * Double(2 * generator + 3 * judge))
    }

    @Test func passesComputeWhatTheySay() {
        // Each call of a made item runs: wrong shapes would trap.
        for item in OperationBenchmark.items(mebibytes: 1, threads: ThreadPool.shared.threadCount) {
            item.make()()
        }
    }

    // MARK: Weights from a file

    private func stored(_ benchmark: StepBenchmark) -> [String: Tensor] {
        ParameterTree(benchmark.networks).state.merging([
            "input": benchmark.input, "target": benchmark.target,
        ]) { first, _ in first }
    }

    private func write(_ state: [String: Tensor], to folder: Miniature.Folder) throws -> String {
        let path = folder.url.appending(path: "start.safetensors").path
        try SafetensorsFile.write(
            state.map { .init(name: $0.key, shape: $0.value.shape, values: $0.value.values) }, to: path)
        return path
    }

    @Test func aFileGivesWeightsAndData() throws {
        let folder = try Miniature.Folder()
        let first = StepBenchmark(batch: 2, size: 64, seed: 1)
        let path = try write(stored(first), to: folder)
        let second = StepBenchmark(batch: 1, size: 32, seed: 2)
        try second.load(contentsOf: path)
        for _ in 0..<2 { #expect(first.step() == second.step()) }
    }

    @Test(
        arguments: [
            ("target", nil, "target is missing"),
            ("input", [2, 64, 64], "expected [batch, height, width, 1]"),
            ("input", [1, 48, 64, 1], "multiples of 32"),
            ("target", [1, 64, 64, 1], "expected the same"),
            ("stage2.up.1.norm.runningMean", nil, "stage2.up.1.norm.runningMean is missing"),
            ("discriminator.out.bias", [2], "discriminator.out.bias has shape [2]"),
            ("stage3.bias", [2], "stage3.bias is not part of the model"),
        ] as [(String, [Int]?, String)])
    func aFileThatDoesNotFitIsRefused(name: String, shape: [Int]?, text: String) throws {
        let folder = try Miniature.Folder()
        let benchmark = StepBenchmark(batch: 2, size: 64)
        var state = stored(benchmark)
        state[name] = shape.map { Tensor.zeros($0) }
        let path = try write(state, to: folder)
        let error = #expect(throws: ExperimentError.self) { try benchmark.load(contentsOf: path) }
        #expect(
            error?.description.hasPrefix(path + ": ") == true && error?.description.contains(text) == true)
        #expect(benchmark.input.shape == [2, 64, 64, 1])
    }

    @Test func resourcesAreOfThisProcess() throws {
        let started = Resources.secondsSinceStart
        #expect(started > 0 && started < 3600)
        Thread.sleep(forTimeInterval: 0.05)
        #if os(Linux)
            #expect(Resources.secondsSinceStart >= started + 0.05)
            let resident = try #require(Resources.residentMemoryMiB)
            #expect(resident > 1 && resident <= Double(Resources.peakMemoryMiB) + 1)
        #endif
    }
}
