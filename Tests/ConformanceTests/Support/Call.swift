import StrictJSON
import Tensor

/// The inputs and arguments of one call, by PyTorch's parameter names. Asking for what is not there, or for
/// another type, is an error and no crash.
struct Call {
    /// The inputs by role: `input`, `weight`, `tensors.0`.
    var values: [String: CaseValue]
    var arguments: JSONValue

    // MARK: Inputs

    func has(_ role: String) -> Bool { values[role] != nil }

    func tensor(_ role: String) throws -> Tensor {
        guard let value = values[role] else { throw BrokenFixture("no input \(role)") }
        guard let tensor = value.tensor else { throw Unsupported("input \(role) holds no floats") }
        return tensor
    }

    /// nil where the input is absent, as a bias may be.
    func optionalTensor(_ role: String) throws -> Tensor? { has(role) ? try tensor(role) : nil }

    func indices(_ role: String) throws -> IndexTensor {
        guard case .indices(let indices) = values[role] else {
            throw BrokenFixture("no whole numbers \(role)")
        }
        return indices
    }

    func mask(_ role: String) throws -> Mask {
        guard case .mask(let mask) = values[role] else { throw BrokenFixture("no mask \(role)") }
        return mask
    }

    func optionalMask(_ role: String) throws -> Mask? { has(role) ? try mask(role) : nil }

    /// The members of a list input: `tensors.0`, `tensors.1`, ...
    func list(_ role: String) throws -> [Tensor] {
        var result: [Tensor] = []
        while has("\(role).\(result.count)") { result.append(try tensor("\(role).\(result.count)")) }
        return result
    }

    // MARK: Arguments

    /// nil where the argument is absent or null.
    func argument(_ name: String) -> JSONValue? {
        guard let value = arguments[name] else { return nil }
        if case .null = value { return nil }
        return value
    }

    func optionalInt(_ name: String) throws -> Int? {
        guard let value = argument(name) else { return nil }
        guard let number = value.intValue else { throw Unsupported("\(name) is \(value.summary)") }
        return number
    }

    func int(_ name: String) throws -> Int {
        guard let value = try optionalInt(name) else { throw BrokenFixture("no argument \(name)") }
        return value
    }

    func int(_ name: String, default standard: Int) throws -> Int { try optionalInt(name) ?? standard }

    func optionalInts(_ name: String) throws -> [Int]? {
        guard let value = argument(name) else { return nil }
        if let single = value.intValue { return [single] }
        guard let numbers = value.arrayValue?.map(\.intValue), !numbers.contains(nil) else {
            throw Unsupported("\(name) is \(value.summary)")
        }
        return numbers.compactMap(\.self)
    }

    func ints(_ name: String) throws -> [Int] {
        guard let value = try optionalInts(name) else { throw BrokenFixture("no argument \(name)") }
        return value
    }

    func optionalDouble(_ name: String) throws -> Double? {
        guard let value = argument(name) else { return nil }
        guard let number = value.doubleValue else { throw Unsupported("\(name) is \(value.summary)") }
        return number
    }

    func double(_ name: String) throws -> Double {
        guard let value = try optionalDouble(name) else { throw BrokenFixture("no argument \(name)") }
        return value
    }

    func float(_ name: String) throws -> Float { Float(try double(name)) }

    func float(_ name: String, default standard: Float) throws -> Float {
        try optionalDouble(name).map { Float($0) } ?? standard
    }

    func bool(_ name: String, default standard: Bool = false) throws -> Bool {
        guard let value = argument(name) else { return standard }
        guard let flag = value.boolValue else { throw Unsupported("\(name) is \(value.summary)") }
        return flag
    }

    func text(_ name: String) throws -> String {
        guard let value = argument(name)?.stringValue else { throw BrokenFixture("no argument \(name)") }
        return value
    }
}
