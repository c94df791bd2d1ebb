import Layers
import Tensor

let linearModules: [String: ConformanceModuleBuilder] = [:]
