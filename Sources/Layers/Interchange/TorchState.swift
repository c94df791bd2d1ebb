import Tensor

/// The state of a model under PyTorch's names and in PyTorch's layouts.
///
/// The names are the properties' names joined by dots, as in `ParameterTree`, down to a layer that says how PyTorch
/// stores it (`TorchStored`); anything else is stored as it is. If the two models name their parts differently,
/// `renaming` translates.
public struct TorchState {
    /// In the order of the declarations.
    public private(set) var entries: [TorchEntry] = []

    /// - Parameters:
    ///   - root: a layer, or any object or structure made of layers.
    ///   - renaming: our name of an entry -> PyTorch's; default the same.
    public init(_ root: Any, renaming: (String) -> String = { $0 }) {
        visit(root, path: "")
        entries = entries.map { $0.renamed(renaming($0.name)) }
    }

    private mutating func visit(_ value: Any, path: String) {
        if let layer = value as? any TorchStored {
            entries += layer.torchEntries.map { $0.prefixed(path) }
            return
        }
        switch value {
        case let parameter as Parameter: entries.append(TorchEntry(path, .parameter(parameter)))
        case let buffer as Buffer: entries.append(TorchEntry(path, .buffer(buffer)))
        default:
            for (name, child) in ParameterTree.children(of: value) {
                visit(child, path: [path, name].filter { !$0.isEmpty }.joined(separator: "."))
            }
        }
    }

    /// Replaces every value by that of a file. Nothing is changed unless the file has exactly the model's names and
    /// shapes.
    ///
    /// - Throws: `StateError` naming the file and the entry.
    public func load(_ file: SafetensorsFile) throws(StateError) {
        var values: [Tensor] = []
        for entry in entries {
            do {
                values.append(Tensor(try file.floats(entry.name, shape: entry.shape), shape: entry.shape))
            } catch {
                throw StateError(error.description)
            }
        }
        let known = Set(entries.map(\.name))
        if let surplus = file.entries.first(where: { !known.contains($0.name) }) {
            throw StateError("\(file.name): \(surplus.name) is not part of the model")
        }
        for (entry, value) in zip(entries, values) { entry.store(value) }
    }

    /// Writes every value to a safetensors file that PyTorch's `load_state_dict` takes.
    ///
    /// - Throws: `FileWriteError`.
    public func write(to path: String) throws {
        try SafetensorsFile.write(
            entries.map {
                let value = $0.value
                return .init(name: $0.name, shape: value.shape, values: value.values)
            }, metadata: ["format": "pt"], to: path)
    }
}
