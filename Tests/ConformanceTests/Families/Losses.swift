import Tensor

let lossOperations: [String: ConformanceOperation] = [:]
