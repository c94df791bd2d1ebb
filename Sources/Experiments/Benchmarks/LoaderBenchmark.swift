import Foundation
import StrictJSON
import Tensor

/// Times what the loader does for a training: drawing, degrading and analysing clips, on one thread.
public enum LoaderBenchmark {
    /// What a series of batches took.
    public struct Report: Sendable {
        public var batches: Int
        public var batchSize: Int
        public var clipSeconds: Double
        /// Opening the dataset.
        public var openSeconds: Double
        /// The first batch, with nothing decoded yet.
        public var firstBatchSeconds: Double
        /// Of the other batches: recordings and degradation.
        public var pairMilliseconds: Double
        /// Of the other batches: spectra and features.
        public var featureMilliseconds: Double
        public var batchesPerSecond: Double
        /// Processor time, which other programs do not lengthen.
        public var cpuMillisecondsPerBatch: Double
        public var peakMemoryMiB: Int

        /// The report for machines.
        public var json: JSONObject {
            [
                "batches": .integer(batches), "batch_size": .integer(batchSize),
                "clip_s": .number(clipSeconds),
                "batches_per_s": .number(batchesPerSecond),
                "cpu_ms_per_batch": .number(cpuMillisecondsPerBatch),
                "pairs_ms_per_batch": .number(pairMilliseconds),
                "features_ms_per_batch": .number(featureMilliseconds), "open_s": .number(openSeconds),
                "first_batch_s": .number(firstBatchSeconds), "peak_rss_mib": .integer(peakMemoryMiB),
            ]
        }
    }

    private static func seconds(_ work: () throws -> Void) rethrows -> Double {
        let start = DispatchTime.now().uptimeNanoseconds
        try work()
        return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
    }

    /// Makes `batches` batches of an experiment and one before them.
    public static func run(_ config: ExperimentConfig, batches: Int) throws -> Report {
        var opened: (any Dataset)?
        let opening = try seconds {
            opened = try config.makeDataset()
        }
        guard let dataset = opened else { throw ExperimentError.data("the dataset could not be opened") }
        let frontEnd = FrontEnd(config.audio)
        let training = config.training
        let samples = frontEnd.samples(frames: training.clipFrames)
        var (pairTime, featureTime) = (0.0, 0.0)
        func make(_ number: Int) throws {
            var pairs: [AlignedPair] = []
            pairTime += try seconds {
                pairs = try (0..<training.batchSize).map {
                    try dataset.trainingPair(
                        seed: UInt64(config.seed), index: number * training.batchSize + $0, samples: samples)
                }
            }
            featureTime += seconds { _ = Batch(pairs, frontEnd: frontEnd, frames: training.clipFrames) }
        }
        let first = try seconds { try make(0) }
        (pairTime, featureTime) = (0, 0)
        let cpu = Resources.cpuSeconds
        for number in 1...batches { try make(number) }
        let used = Resources.cpuSeconds - cpu
        return Report(
            batches: batches, batchSize: training.batchSize,
            clipSeconds: Double(samples) / Double(config.audio.sampleRate), openSeconds: opening,
            firstBatchSeconds: first, pairMilliseconds: 1000 * pairTime / Double(batches),
            featureMilliseconds: 1000 * featureTime / Double(batches),
            batchesPerSecond: Double(batches) / (pairTime + featureTime),
            cpuMillisecondsPerBatch: 1000 * used / Double(batches),
            peakMemoryMiB: Resources.peakMemoryMiB)
    }
}
