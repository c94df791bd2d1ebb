import Layers
import Tensor

let recurrentModules: [String: ConformanceModuleBuilder] = [:]
