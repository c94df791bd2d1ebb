import Tensor

let spectralOperations: [String: ConformanceOperation] = [:]
