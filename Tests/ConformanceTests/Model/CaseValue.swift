import Tensor

/// A tensor of a fixture: floats, whole numbers or truth values.
enum CaseValue: Sendable {
    case tensor(Tensor)
    case indices(IndexTensor)
    case mask(Mask)

    init(_ key: String, in file: SafetensorsFile) throws {
        guard let entry = file[key] else { throw BrokenFixture("there is no tensor \(key)") }
        switch entry.elementType {
        case .float32: self = .tensor(Tensor(try file.floats(key), shape: entry.shape))
        case .int64: self = .indices(IndexTensor(try file.integers(key), shape: entry.shape))
        case .bool: self = .mask(Mask(try file.integers(key).map { $0 != 0 }, shape: entry.shape))
        default: throw BrokenFixture("tensor \(key) holds \(entry.elementType.rawValue)")
        }
    }

    var shape: [Int] {
        switch self {
        case .tensor(let tensor): tensor.shape
        case .indices(let indices): indices.shape
        case .mask(let mask): mask.shape
        }
    }

    var tensor: Tensor? {
        if case .tensor(let tensor) = self { tensor } else { nil }
    }
}
