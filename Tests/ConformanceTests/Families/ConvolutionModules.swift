import Layers
import Tensor

let convolutionModules: [String: ConformanceModuleBuilder] = [:]
