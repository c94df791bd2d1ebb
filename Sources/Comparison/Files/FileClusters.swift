/// Files of a test set that belong together, because one voice or one condition of recording is heard in all of them:
/// their differences vary together, and files drawn one by one would make intervals too narrow.
public struct FileClusters: Sendable, Equatable {
    /// What the files of a cluster share.
    public enum Kind: String, Sendable {
        case speakers, conditions
        case speakersAndConditions = "speakers x conditions"
        /// Nothing: every file stands for itself.
        case none = "files"
    }

    public let kind: Kind
    public let count: Int

    /// Fewer clusters than these are not drawn: intervals from a handful of clusters are too narrow by themselves.
    ///
    /// Source: Cameron, Gelbach, Miller, Bootstrap-Based Improvements for Inference with Clustered Errors, Review of
    /// Economics and Statistics 90 (3), 2008, on few clusters.
    static let fewest = 10

    /// The cluster of each file, as a number from 0.
    let places: [Int]

    /// Chooses what is drawn: voices where there are ten or more, else conditions, else the two together, else files.
    init(speakers: [String], conditions: [String]) {
        let both = zip(speakers, conditions).map { $0.isEmpty || $1.isEmpty ? "" : $0 + "\u{0}" + $1 }
        let files = speakers.count
        for (kind, labels) in [
            (Kind.speakers, speakers), (.conditions, conditions), (.speakersAndConditions, both),
        ] {
            let distinct = Set(labels)
            guard !labels.contains(where: \.isEmpty), distinct.count >= Self.fewest, distinct.count < files
            else {
                continue
            }
            let numbers = Dictionary(uniqueKeysWithValues: distinct.sorted().enumerated().map { ($1, $0) })
            self.kind = kind
            count = distinct.count
            places = labels.map { numbers[$0] ?? 0 }
            return
        }
        kind = .none
        count = files
        places = Array(0..<files)
    }

    /// The sum and the count of the numbers of each cluster.
    func sums(_ values: [Double]) -> [(sum: Double, count: Int)] {
        var sums = [(sum: Double, count: Int)](repeating: (0, 0), count: count)
        for (place, value) in zip(places, values) {
            sums[place] = (sums[place].sum + value, sums[place].count + 1)
        }
        return sums
    }
}
