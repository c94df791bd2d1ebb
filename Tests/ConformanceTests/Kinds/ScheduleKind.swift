/// `lr_scheduler` cases.
enum ScheduleKind {
    static func run(_ run: CaseRun) throws {
        throw Unsupported("the kind \(run.instance.kind) cannot be run yet")
    }
}
