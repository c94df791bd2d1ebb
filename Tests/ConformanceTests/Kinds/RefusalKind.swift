import Layers
import Tensor

/// `error`: the call must be refused by a thrown error.
enum RefusalKind {
    static func run(_ run: CaseRun) throws {
        do {
            try attempt(run)
        } catch let error as Unsupported {
            throw error
        } catch let error as BrokenFixture {
            throw error
        } catch let error as CaseThread.Trapped {
            throw error
        } catch {
            return
        }
        throw Mismatch("was not refused")
    }

    private static func attempt(_ run: CaseRun) throws {
        let instance = run.instance
        if instance.operation == "graph" {
            try GraphKind.execute(run)
        } else if ConformanceTables.modules[instance.operation] != nil {
            _ = try ModuleKind.build(run).run(
                Call(values: try run.inputs(), arguments: instance.arguments), .training)
        } else {
            _ = try CaseRun.call(
                instance.operation, Call(values: try run.inputs(), arguments: instance.arguments))
        }
    }
}
