/// A difference of means with Student's interval and two-sided p.
public struct MeanDifference: Sendable, Equatable {
    /// Mean of the second group minus mean of the first, or mean of the paired differences.
    public let mean: Double
    public let standardError: Double
    public let degreesOfFreedom: Double
    /// NaN when neither group varies and the means are equal.
    public let p: Double

    /// Half the width of the interval.
    public func halfWidth(confidence: Double = 0.95) -> Double {
        StudentDistribution(degreesOfFreedom: degreesOfFreedom).critical(twoSided: 1 - confidence)
            * standardError
    }

    /// The difference that so many numbers of this spread would show at `level` with this probability; exact for
    /// paired differences, for Welch's test as good as its degrees of freedom.
    public func minimumDetectable(level: Double = 0.05, power: Double = 0.8) -> Double {
        standardError
            * NoncentralStudent(degreesOfFreedom: degreesOfFreedom).detectableShift(
                level: level, power: power)
    }

    private init(mean: Double, standardError: Double, degreesOfFreedom: Double) {
        self.mean = mean
        self.standardError = standardError
        self.degreesOfFreedom = degreesOfFreedom
        p = StudentDistribution(degreesOfFreedom: degreesOfFreedom).twoSided(mean / standardError)
    }

    /// Of paired differences; nil for fewer than two. As scipy.stats.ttest_rel.
    public static func paired(_ differences: [Double]) -> MeanDifference? {
        guard let summary = SampleSummary(differences), let deviation = summary.standardDeviation else {
            return nil
        }
        return MeanDifference(
            mean: summary.mean, standardError: deviation / Double(summary.count).squareRoot(),
            degreesOfFreedom: Double(summary.count - 1))
    }

    /// Of two independent groups that may vary unequally; nil when one has fewer than two numbers or neither
    /// varies. As scipy.stats.ttest_ind(equal_var=False).
    ///
    /// Source: Welch, The generalization of "Student's" problem, Biometrika 34 (1-2), 1947.
    public static func welch(_ first: [Double], _ second: [Double]) -> MeanDifference? {
        guard let a = SampleSummary(first), let b = SampleSummary(second),
            let sa = a.standardDeviation, let sb = b.standardDeviation
        else { return nil }
        let (va, vb) = (sa * sa / Double(a.count), sb * sb / Double(b.count))
        guard va + vb > 0 else { return nil }
        let freedom =
            (va + vb) * (va + vb) / (va * va / Double(a.count - 1) + vb * vb / Double(b.count - 1))
        return MeanDifference(
            mean: b.mean - a.mean, standardError: (va + vb).squareRoot(), degreesOfFreedom: freedom)
    }
}
