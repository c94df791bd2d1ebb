@testable import Tensor

let convolutionOperations: [String: ConformanceOperation] = [:]
