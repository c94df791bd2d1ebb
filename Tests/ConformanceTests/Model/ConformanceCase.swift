import Foundation
import StrictJSON
import Tensor

/// One case of a manifest. Tests/Fixtures/autograd/README.md says what each field means.
struct ConformanceCase: Sendable {
    let family: String
    let json: JSONValue
    let id: String
    let kind: String
    let operation: String
    /// Keys of the tensor inputs.
    let inputs: [String]
    let arguments: JSONValue
    let outputs: [String]
    /// Upstream gradient per output; nil for an output without one.
    let outputGradients: [String?]
    /// Expected gradient per input; nil where none is expected.
    let inputGradients: [String?]
    /// Inputs that must be passed without gradient tracking.
    let withoutGradient: Set<String>

    init(_ json: JSONValue, family: String) throws {
        self.family = family
        self.json = json
        func text(_ key: String) throws -> String {
            guard let value = json[key]?.stringValue else {
                throw BrokenFixture("\(family): a case without \(key)")
            }
            return value
        }
        id = try text("id")
        kind = try text("kind")
        operation = try text("op")
        inputs = Self.keys(json["inputs"]).compactMap(\.self)
        arguments = json["args"] ?? .object(JSONObject())
        outputs = Self.keys(json["outputs"]).compactMap(\.self)
        outputGradients = Self.keys(json["grad_outputs"])
        inputGradients = Self.keys(json["grad_inputs"])
        withoutGradient = Set(Self.keys(json["no_grad"]).compactMap(\.self))
    }

    private static func keys(_ value: JSONValue?) -> [String?] {
        (value?.arrayValue ?? []).map(\.stringValue)
    }

    /// The part of a tensor's key behind the case's name: `input`, `tensors.0`.
    func role(_ key: String) -> String { key.hasPrefix(id + "/") ? String(key.dropFirst(id.count + 1)) : key }

    /// What a comparison with the tensor of that key allows.
    func tolerance(_ key: String) -> Tolerance {
        let pair = json["tol"]?[key]
        return Tolerance(
            absolute: pair?[0]?.doubleValue ?? json["atol"]?.doubleValue ?? 0,
            relative: pair?[1]?.doubleValue ?? json["rtol"]?.doubleValue ?? 0)
    }

    /// Name -> key, for example of `grad_state`.
    func keysByName(_ field: String) -> [(name: String, key: String)] {
        (json[field]?.objectValue?.members ?? []).compactMap { name, value in
            value.stringValue.map { (name, $0) }
        }
    }
}

/// A value passes when |actual - expected| <= absolute + relative |expected|.
struct Tolerance: Sendable {
    let absolute: Double
    let relative: Double
}

/// A fixture that does not say what its format promises.
struct BrokenFixture: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// A case that the library cannot run.
struct Unsupported: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// A result that differs from the expected one.
struct Mismatch: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
