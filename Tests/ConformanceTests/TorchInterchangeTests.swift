import Foundation
import Layers
import Tensor
import Testing

/// PyTorch's state dicts in and out. That the loaded reference networks reproduce PyTorch's outputs, gradients and later
/// states is part of the conformance suite (family unet_gan).
@Suite("PyTorch interchange") struct TorchInterchangeTests {
    private static func makeNetwork() -> UNet3 { UNet3(inChannels: 1, outChannels: 1, base: 8, slope: 0.2) }

    private static func reference() throws -> SafetensorsFile {
        let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/autograd/unet3_state.safetensors").path
        return try SafetensorsFile(contentsOf: path)
    }

    private static func temporaryFolder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "interchange-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    @Test func whatIsWrittenIsWhatWasRead() throws {
        let network = Self.makeNetwork()
        let file = try Self.reference()
        try TorchState(network).load(file)
        let folder = try Self.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "out.safetensors").path
        try TorchState(network).write(to: path)
        let written = try SafetensorsFile(contentsOf: path)
        #expect(written.entries.map(\.name) == file.entries.map(\.name))
        for entry in file.entries {
            #expect(try written.floats(entry.name, shape: entry.shape) == file.floats(entry.name))
        }
    }

    @Test func namesCanBeTranslated() throws {
        let network = Self.makeNetwork()
        let renamed = TorchState(network) { $0.replacingOccurrences(of: "enc", with: "encoder.") }
        #expect(renamed.entries.first?.name == "encoder.1.conv.weight")
        let error = #expect(throws: StateError.self) { try renamed.load(try Self.reference()) }
        #expect(error?.description.contains(#"there is no tensor "encoder.1.conv.weight""#) == true)
    }

    @Test func aFileThatDoesNotFitChangesNothing() throws {
        let network = Self.makeNetwork()
        let before = ParameterTree(network).state.mapValues(\.values)
        let file = try Self.reference()
        let whole = try file.entries.map {
            SafetensorsFile.NamedArray(name: $0.name, shape: $0.shape, values: try file.floats($0.name))
        }
        func refusal(_ arrays: [SafetensorsFile.NamedArray]) throws -> String? {
            let damaged = try SafetensorsFile(
                bytes: SafetensorsFile.serialised(arrays), name: "net.safetensors")
            let error = #expect(throws: StateError.self) { try TorchState(network).load(damaged) }
            return error?.description
        }
        let missing = try refusal(whole.filter { $0.name != "head.bias" })
        #expect(
            missing?.hasPrefix(#"net.safetensors: there is no tensor "head.bias""#) == true,
            "\(missing ?? "")")
        let shaped = try refusal(
            whole.filter { $0.name != "head.bias" } + [.init(name: "head.bias", shape: [2], values: [0, 0])])
        #expect(
            shaped == #"net.safetensors: tensor "head.bias": its shape is [2], [1] is needed"#,
            "\(shaped ?? "")")
        let surplus = try refusal(whole + [.init(name: "tail.bias", shape: [1], values: [0])])
        #expect(surplus == "net.safetensors: tail.bias is not part of the model", "\(surplus ?? "")")
        #expect(ParameterTree(network).state.mapValues(\.values) == before)
    }

    /// Our half of `Benchmarks/check_interchange.py`: from its state and input to our output, and back to a state.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["WORKBENCH_INTERCHANGE_FOLDER"] != nil))
    func exchangesWithPyTorch() throws {
        let folder = URL(
            filePath: ProcessInfo.processInfo.environment["WORKBENCH_INTERCHANGE_FOLDER"] ?? "",
            directoryHint: .isDirectory)
        func path(_ name: String) -> String { folder.appending(path: name).path }
        let network = Self.makeNetwork()
        let state = TorchState(network)
        try state.load(try SafetensorsFile(contentsOf: path("state.safetensors")))
        let file = try SafetensorsFile(contentsOf: path("input.safetensors"))
        guard let entry = file["input"] else { throw BrokenFixture("no input") }
        let input = Tensor(try file.floats("input"), shape: entry.shape).channelsLast
        func write(_ output: Tensor, _ name: String) throws {
            let torch = output.channelsFirst
            try SafetensorsFile.write(
                [.init(name: "output", shape: torch.shape, values: torch.values)], to: path(name))
        }
        try write(network(input, mode: .evaluation), "output.safetensors")

        // A pass in training mode changes the running statistics, a step the weights.
        let parameters = ParameterTree(network).parameters
        let tape = Tape(watching: parameters.map(\.parameter))
        let loss = tape.record { network(input, mode: .training).squared().mean() }
        Adam(parameters, learningRate: 1e-2).step(tape.gradients(of: loss))
        try state.write(to: path("trained.safetensors"))
        try write(network(input, mode: .evaluation), "trained_output.safetensors")
    }
}
