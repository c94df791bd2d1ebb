import Foundation
import Layers
import Losses
import Tensor

/// One alternating training step of a fixed network, the work that the benchmark pairs with other libraries:
/// two U-Nets in a row (depth 5, base 16), a patch discriminator (base 32), LSGAN + 50/100 L1, Adam, batch of
/// 128 x 128 images.
public final class StepBenchmark {
    /// The networks; the names are the first parts of the paths in a file of weights.
    struct Networks {
        let stage1, stage2: UNet
        let discriminator: PatchDiscriminator
    }

    /// The two losses of a step, the discriminator's from before its update.
    public struct Losses: Sendable, Equatable {
        public let discriminator, generator: Float
    }

    let networks: Networks
    private let generatorOptimiser, discriminatorOptimiser: Adam
    /// [batch, 128, 128, 1]
    private(set) var input, target: Tensor

    /// - Parameters:
    ///   - batch: images, default 8.
    ///   - size: height and width of an image, a multiple of 32, default 128.
    public init(batch: Int = 8, size: Int = 128, seed: UInt64 = 0) {
        var stream = RandomStream(seed: seed, "bench-step")
        networks = Networks(
            stage1: UNet(inChannels: 1, from: &stream), stage2: UNet(inChannels: 1, from: &stream),
            discriminator: PatchDiscriminator(inChannels: 2, from: &stream))
        generatorOptimiser = Adam(
            ParameterTree([networks.stage1, networks.stage2]).parameters, learningRate: 2e-4, beta1: 0.5)
        discriminatorOptimiser = Adam(
            ParameterTree(networks.discriminator).parameters, learningRate: 2e-4, beta1: 0.5)
        input = BenchmarkData.tensor([batch, size, size, 1])
        target = BenchmarkData.tensor([batch, size, size, 1], deviation: 0.5)
    }

    /// One step of both networks.
    public func step() -> Losses {
        let discriminator = networks.discriminator
        let generatorTape = Tape(watching: generatorOptimiser.parameters)
        let (middle, fake) = generatorTape.record { () -> (Tensor, Tensor) in
            let middle = networks.stage1(input, mode: .training)
            return (middle, networks.stage2(middle, mode: .training))
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
        return Losses(discriminator: lossD.item, generator: lossG.item)
    }

    /// Takes weights, running statistics and data from a file, so that another program can give its own.
    ///
    /// - Parameter path: a safetensors file with every path of the networks (`stage1.down.0.convolution.weight`,
    ///   `discriminator.out.bias`, ...) and `input` and `target` [batch, height, width, 1].
    /// - Throws: `SafetensorsError` for a file that cannot be read, `ExperimentError.checkpoint` for one that
    ///   does not fit.
    public func load(contentsOf path: String) throws {
        let file = try SafetensorsFile(contentsOf: path)
        var arrays: [String: Tensor] = [:]
        for entry in file.entries {
            arrays[entry.name] = Tensor(try file.floats(entry.name), shape: entry.shape)
        }
        func images(_ name: String) throws -> Tensor {
            guard let images = arrays.removeValue(forKey: name) else {
                throw ExperimentError.checkpoint("\(path): \(name) is missing")
            }
            let shape = images.shape
            guard shape.count == 4, shape[3] == 1, shape[0] > 0,
                shape[1...2].allSatisfy({ $0 > 0 && $0 % 32 == 0 }), shape[1] * shape[2] > 32 * 32
            else {
                throw ExperimentError.checkpoint(
                    "\(path): \(name) has shape \(shape); expected [batch, height, width, 1], height and width "
                        + "multiples of 32, more than 32 x 32")
            }
            return images
        }
        let (newInput, newTarget) = (try images("input"), try images("target"))
        guard newInput.shape == newTarget.shape else {
            throw ExperimentError.checkpoint(
                "\(path): input has shape \(newInput.shape), target \(newTarget.shape); expected the same")
        }
        do {
            try ParameterTree(networks).load(arrays)
        } catch {
            throw ExperimentError.checkpoint("\(path): \(error)")
        }
        (input, target) = (newInput, newTarget)
    }
}
