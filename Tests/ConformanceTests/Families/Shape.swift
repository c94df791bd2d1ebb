import Tensor

let shapeOperations: [String: ConformanceOperation] = [:]
