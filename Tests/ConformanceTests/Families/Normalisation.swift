import Tensor

let normalisationOperations: [String: ConformanceOperation] = [:]
