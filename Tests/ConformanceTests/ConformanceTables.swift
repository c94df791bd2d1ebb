import Layers
import Tensor

/// An operation under PyTorch's name: reads inputs and arguments in PyTorch's layout and returns outputs in
/// PyTorch's layout. It goes through the library's throwing validation before it computes.
typealias ConformanceOperation = @Sendable (Call) throws -> [Tensor]

/// Builds a module from `args.constructor`.
typealias ConformanceModuleBuilder = @Sendable (Call) throws -> ConformanceModule

/// Everything that the families define, by name. Each family is one file in `Families`.
enum ConformanceTables {
    static let operations: [String: ConformanceOperation] = merge([
        elementwiseOperations, reductionOperations, shapeOperations, linearOperations,
        convolutionOperations, poolingOperations, normalisationOperations, recurrentOperations,
        lossOperations, spectralOperations, optimisationOperations,
    ])

    static let modules: [String: ConformanceModuleBuilder] = merge([
        normalisationModules, recurrentModules, linearModules, convolutionModules,
    ])

    private static func merge<Entry>(_ tables: [[String: Entry]]) -> [String: Entry] {
        tables.reduce(into: [:]) { result, table in result.merge(table) { _, last in last } }
    }
}
