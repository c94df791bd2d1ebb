import Tensor

let reductionOperations: [String: ConformanceOperation] = [:]
