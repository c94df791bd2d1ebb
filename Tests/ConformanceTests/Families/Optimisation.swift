import Tensor

let optimisationOperations: [String: ConformanceOperation] = [:]
