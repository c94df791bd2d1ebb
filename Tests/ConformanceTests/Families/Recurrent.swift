import Tensor

let recurrentOperations: [String: ConformanceOperation] = [:]
