@testable import Tensor

let elementwiseOperations: [String: ConformanceOperation] = [:]
