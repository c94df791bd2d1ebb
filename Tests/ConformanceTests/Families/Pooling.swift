import Tensor

let poolingOperations: [String: ConformanceOperation] = [:]
