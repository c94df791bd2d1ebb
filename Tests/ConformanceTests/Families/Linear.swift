import Tensor

let linearOperations: [String: ConformanceOperation] = [:]
