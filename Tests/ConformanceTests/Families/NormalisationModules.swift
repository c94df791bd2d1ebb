import Layers
import Tensor

let normalisationModules: [String: ConformanceModuleBuilder] = [:]
