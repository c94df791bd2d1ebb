/// What a long piece of work tells the person who waits for it. Messages may come from any thread.
public protocol RunReporter: AnyObject, Sendable {
    /// A new part begins: training, test, ...
    func begin(_ part: String, total: Int, unit: String)
    /// So many units of the current part are done.
    func update(_ done: Int, tail: String?)
    /// The current part is over.
    func end()
    /// Something worth a line.
    func message(_ text: String)
}
