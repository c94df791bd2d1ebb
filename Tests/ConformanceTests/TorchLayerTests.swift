import Foundation
import Layers
import Tensor
import Testing

/// Every layer that PyTorch has, too, with a state dict, an input and an output of PyTorch's
/// (`Benchmarks/check_interchange.py --fixture`, which makes the same modules).
@Suite("PyTorch's layers") struct TorchLayerTests {
    /// A layer and what it does with an input in PyTorch's layout.
    struct Module {
        let layer: Any
        let run: (CaseValue, Mode) throws -> Tensor

        /// - Parameter isSequence: whether channels are last in PyTorch, too.
        init(_ layer: some Layer, isSequence: Bool = false) {
            self.layer = layer
            run = { input, mode in
                guard case .tensor(let x) = input else { throw BrokenFixture("numbers for a layer") }
                return isSequence ? layer(x, mode: mode) : layer(x.channelsLast, mode: mode).channelsFirst
            }
        }

        init(_ layer: Embedding) {
            self.layer = layer
            run = { input, _ in
                guard case .indices(let numbers) = input else { throw BrokenFixture("floats for a table") }
                return layer(numbers)
            }
        }
    }

    static let names = [
        "linear", "conv2d", "conv_transpose2d", "conv1d", "conv_transpose1d", "gru", "lstm",
        "lstm_without_bias",
        "attention", "layer_norm", "group_norm", "instance_norm", "batch_norm", "embedding",
        "weight_norm_conv1d", "weight_norm_linear", "spectral_norm_conv2d", "spectral_norm_conv_transpose1d",
    ]

    private static func make(_ name: String) throws -> Module {
        var stream = RandomStream(seed: 1, name)
        switch name {
        case "linear": return Module(Linear(5, 4, from: &stream), isSequence: true)
        case "conv2d":
            return Module(
                Convolution2D(4, 6, kernel: (3, 2), geometry: ConvolutionGeometry(groups: 2), from: &stream))
        case "conv_transpose2d":
            return Module(TransposedConvolution2D(3, 4, kernel: 3, stride: 2, hasBias: false, from: &stream))
        case "conv1d":
            let geometry = ConvolutionGeometry1D(stride: 2, padding: 2, groups: 2)
            return Module(Convolution1D(4, 6, kernel: 5, geometry: geometry, from: &stream))
        case "conv_transpose1d":
            let geometry = ConvolutionGeometry1D(stride: 2, padding: 1)
            return Module(TransposedConvolution1D(4, 3, kernel: 4, geometry: geometry, from: &stream))
        case "gru": return Module(GRU(5, 4, layers: 2, bidirectional: true, from: &stream), isSequence: true)
        case "lstm":
            return Module(LSTM(5, 4, layers: 2, bidirectional: true, from: &stream), isSequence: true)
        case "lstm_without_bias": return Module(LSTM(3, 5, hasBias: false, from: &stream), isSequence: true)
        case "attention": return Module(MultiHeadAttention(8, heads: 2, from: &stream), isSequence: true)
        case "layer_norm": return Module(LayerNorm([6]), isSequence: true)
        case "group_norm": return Module(GroupNorm(6, groups: 3))
        case "instance_norm": return Module(InstanceNorm(5, isAffine: true, keepsStatistics: true))
        case "batch_norm": return Module(BatchNorm(5, countsBatches: true))
        case "embedding": return Module(Embedding(7, 3, from: &stream))
        case "weight_norm_conv1d":
            let layer = Convolution1D(4, 6, kernel: 3, from: &stream)
            layer.reparametrisation = WeightNorm(layer.weight.value)
            return Module(layer)
        case "weight_norm_linear":
            let layer = Linear(5, 4, from: &stream)
            layer.reparametrisation = WeightNorm(layer.weight.value)
            return Module(layer, isSequence: true)
        case "spectral_norm_conv2d":
            let geometry = ConvolutionGeometry()
            let layer = Convolution2D(3, 6, kernel: (3, 2), geometry: geometry, from: &stream)
            layer.reparametrisation = SpectralNorm(layer.weight.value, from: &stream)
            return Module(layer)
        case "spectral_norm_conv_transpose1d":
            let geometry = ConvolutionGeometry1D(stride: 2)
            let layer = TransposedConvolution1D(4, 3, kernel: 4, geometry: geometry, from: &stream)
            layer.reparametrisation = SpectralNorm(layer.weight.value, axis: 2, from: &stream)
            return Module(layer)
        default: throw BrokenFixture("there is no module \(name)")
        }
    }

    /// The entries of one module, and of its state alone under PyTorch's names.
    private static func part(_ file: SafetensorsFile, _ name: String) throws -> (
        state: SafetensorsFile, input: CaseValue, output: Tensor
    ) {
        func tensor(_ entry: String) throws -> Tensor {
            guard let found = file["\(name)/\(entry)"] else { throw BrokenFixture("no \(name)/\(entry)") }
            return Tensor(try file.floats(found.name, shape: found.shape), shape: found.shape)
        }
        let prefix = "\(name)/state/"
        let state = try file.entries.filter { $0.name.hasPrefix(prefix) }.map {
            SafetensorsFile.NamedArray(
                name: String($0.name.dropFirst(prefix.count)), shape: $0.shape,
                values: try file.floats($0.name))
        }
        let input = try tensor("input")
        let numbers = IndexTensor(input.values.map { Int($0) }, shape: input.shape)
        return (
            try SafetensorsFile(bytes: SafetensorsFile.serialised(state), name: "\(name).safetensors"),
            name == "embedding" ? .indices(numbers) : .tensor(input), try tensor("output")
        )
    }

    private static func fixture() throws -> SafetensorsFile {
        try SafetensorsFile(
            contentsOf: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .appending(path: "Fixtures/interchange/layers.safetensors").path)
    }

    @Test func theFixtureHasTheseModules() throws {
        let names = Set(try Self.fixture().entries.map { String($0.name.prefix { $0 != "/" }) })
        #expect(names == Set(Self.names))
    }

    @Test(arguments: names) func aLoadedLayerComputesPyTorchsOutput(name: String) throws {
        let (state, input, expected) = try Self.part(try Self.fixture(), name)
        let module = try Self.make(name)
        try TorchState(module.layer).load(state)
        let output = try module.run(input, .evaluation)
        #expect(output.shape == expected.shape)
        let largest = expected.values.map(abs).max() ?? 0
        let error = zip(output.values, expected.values).map { abs($0 - $1) }.max() ?? .infinity
        #expect(error <= 1e-5 * largest, "\(name): \(error) of \(largest)")
    }

    @Test(arguments: names) func whatIsWrittenIsWhatWasRead(name: String) throws {
        let (state, _, _) = try Self.part(try Self.fixture(), name)
        let entries = TorchState(try Self.make(name).layer)
        try entries.load(state)
        #expect(Set(entries.entries.map(\.name)) == Set(state.entries.map(\.name)))
        for entry in entries.entries {
            let found = try #require(state[entry.name])
            // Where no batches are counted, none are written.
            if entry.name == "num_batches_tracked", name == "instance_norm" { continue }
            #expect(entry.value.shape == found.shape, "\(entry.name)")
            #expect(entry.value.values == (try state.floats(entry.name)), "\(entry.name)")
        }
    }

    /// Our half of `Benchmarks/check_interchange.py`: from its states and inputs to our outputs, and back to states.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["WORKBENCH_INTERCHANGE_FOLDER"] != nil))
    func exchangesLayersWithPyTorch() throws {
        let folder = URL(
            filePath: ProcessInfo.processInfo.environment["WORKBENCH_INTERCHANGE_FOLDER"] ?? "",
            directoryHint: .isDirectory)
        let file = try SafetensorsFile(contentsOf: folder.appending(path: "layers.safetensors").path)
        var written: [SafetensorsFile.NamedArray] = []
        func add(_ name: String, _ tensor: Tensor) {
            written.append(.init(name: name, shape: tensor.shape, values: tensor.values))
        }
        for name in Self.names {
            let (stored, input, _) = try Self.part(file, name)
            let module = try Self.make(name)
            let state = TorchState(module.layer)
            try state.load(stored)
            add("\(name)/output", try module.run(input, .evaluation))
            let parameters = ParameterTree(module.layer).parameters
            let tape = Tape(watching: parameters.map(\.parameter))
            let loss = try tape.record { () throws -> Tensor in
                let output = try module.run(input, .training)
                // Not the square: a normalised output has none that its weights could change.
                return (output * output.detached.tanh()).sum() + output.sum() * 0.1
            }
            Adam(parameters, learningRate: 1e-2).step(tape.gradients(of: loss))
            add("\(name)/trained_output", try module.run(input, .evaluation))
            for entry in state.entries { add("\(name)/state/\(entry.name)", entry.value) }
        }
        try SafetensorsFile.write(written, to: folder.appending(path: "layers_trained.safetensors").path)
    }
}
