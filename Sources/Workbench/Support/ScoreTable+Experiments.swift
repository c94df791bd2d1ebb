import Experiments

extension ScoreTable {
    /// The table of scores that were just made.
    init(dataset: String, _ scores: [TestScore]) {
        self.init(
            dataset: dataset,
            scores.flatMap { score in
                score.fileScores.map { Scored(checkpoint: score.subject.key, score: $0) }
            })
    }
}
