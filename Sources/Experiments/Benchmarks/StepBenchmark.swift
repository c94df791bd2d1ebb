import Foundation
import Layers
import Losses
import Tensor

/// One alternating training step of a fixed network, the work that the benchmark pairs with other libraries:
/// two U-Nets in a row (depth 5, base 16), a patch discriminator (base 32), LSGAN + 50/100 L1, Adam, batch of
/// 128 x 128 images.
public final class StepBenchmark {
    private let stage1, stage2: UNet
    private let discriminator: PatchDiscriminator
    private let generatorOptimiser, discriminatorOptimiser: Adam
    private let input, target: Tensor

    public init(batch: Int, seed: UInt64 = 0) {
        var stream = RandomStream(seed: seed, "bench-step")
        stage1 = UNet(inChannels: 1, from: &stream)
        stage2 = UNet(inChannels: 1, from: &stream)
        discriminator = PatchDiscriminator(inChannels: 2, from: &stream)
        generatorOptimiser = Adam(
            ParameterTree([stage1, stage2]).parameters, learningRate: 2e-4, beta1: 0.5)
        discriminatorOptimiser = Adam(
            ParameterTree(discriminator).parameters, learningRate: 2e-4, beta1: 0.5)
        input = .normal([batch, 128, 128, 1], from: &stream)
        target = .normal([batch, 128, 128, 1], from: &stream)
    }

    /// - Returns: the losses of discriminator and generator.
    public func step() -> (discriminator: Float, generator: Float) {
        let generatorTape = Tape(watching: generatorOptimiser.parameters)
        let (middle, fake) = generatorTape.record { () -> (Tensor, Tensor) in
            let middle = stage1(input, mode: .training)
            return (middle, stage2(middle, mode: .training))
        }
        let discriminatorTape = Tape(watching: discriminatorOptimiser.parameters)
        let lossD = discriminatorTape.record { () -> Tensor in
            let real = discriminator(.concatenate([input, target], axis: -1), mode: .training)
            let generated = discriminator(.concatenate([input, fake.detached], axis: -1), mode: .training)
            return LeastSquaresGAN.discriminator(real: real, fake: generated) * 2
        }
        discriminatorOptimiser.step(discriminatorTape.gradients(of: lossD))
        let lossG = generatorTape.record { () -> Tensor in
            let score = discriminator(.concatenate([input, fake], axis: -1), mode: .training)
            return meanAbsoluteError(middle, target) * 50 + meanAbsoluteError(fake, target) * 100
                + LeastSquaresGAN.generator(fake: score)
        }
        generatorOptimiser.step(generatorTape.gradients(of: lossG))
        return (lossD.item, lossG.item)
    }

    /// What a series of steps took.
    public struct Report: Encodable, Sendable {
        public var what = "workbench_unet_gan_step"
        public var threads: Int
        public var batch: Int
        public var medianMilliseconds: Double
        public var minimumMilliseconds: Double
        public var cpuSecondsPerStep: Double
        public var peakMemoryMiB: Int
        public var discriminatorLoss: Double
        public var generatorLoss: Double

        /// The keys of the peer's script.
        private enum CodingKeys: String, CodingKey {
            case what, threads, batch
            case medianMilliseconds = "median_ms"
            case minimumMilliseconds = "min_ms"
            case cpuSecondsPerStep = "cpu_s_per_step"
            case peakMemoryMiB = "peak_rss_mib"
            case discriminatorLoss = "loss_d"
            case generatorLoss = "loss_g"
        }
    }

    /// Runs `warmup` steps, then `steps` timed ones.
    public static func run(threads: Int, steps: Int, warmup: Int, batch: Int) -> Report {
        ThreadPool.shared.threadCount = threads
        let benchmark = StepBenchmark(batch: batch)
        var losses: (discriminator: Float, generator: Float) = (0, 0)
        for _ in 0..<warmup { losses = benchmark.step() }
        var times: [Double] = []
        let cpu = Resources.cpuSeconds
        for _ in 0..<steps {
            let start = DispatchTime.now().uptimeNanoseconds
            losses = benchmark.step()
            times.append(Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6)
        }
        let used = Resources.cpuSeconds - cpu
        times.sort()
        return Report(
            threads: threads, batch: batch, medianMilliseconds: times[times.count / 2],
            minimumMilliseconds: times[0],
            cpuSecondsPerStep: used / Double(steps), peakMemoryMiB: Resources.peakMemoryMiB,
            discriminatorLoss: Double(losses.discriminator), generatorLoss: Double(losses.generator))
    }
}
