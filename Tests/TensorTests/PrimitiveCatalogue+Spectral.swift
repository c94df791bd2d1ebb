@testable import Tensor

extension PrimitiveCatalogue {
    static let transforms: [CatalogueRow] = complex + windowed + magnitudes

    private static let complex: [CatalogueRow] =
        [7, 8].flatMap { length in
            [false, true].map { inverse in
                CatalogueRow(
                    primitive: "complex_fourier", variant: "\(length)\(inverse ? " inverse" : "")",
                    inputs: { [signed([3, length], &$0), signed([3, length], &$0)] },
                    call: { apply(ComplexFourier(inverse: inverse), $0) })
            }
        }

    private static let windowed: [CatalogueRow] =
        [5, 6].flatMap { (length: Int) -> [CatalogueRow] in
            let window = (0..<length).map { 0.5 + 0.1 * Float($0) }
            return [
                CatalogueRow(
                    primitive: "windowed_fourier", variant: "\(length)",
                    inputs: { [signed([2, 13], &$0)] },
                    call: { apply(WindowedFourier(window: window, hop: 2), $0) }),
                CatalogueRow(
                    primitive: "windowed_fourier_adjoint", variant: "\(length)",
                    inputs: { stream in
                        let shape = [2, (13 - length) / 2 + 1, length / 2 + 1]
                        return [signed(shape, &stream), signed(shape, &stream)]
                    },
                    call: { apply(WindowedFourierAdjoint(window: window, hop: 2, time: 13), $0) }),
            ]
        }

    private static let magnitudes: [CatalogueRow] =
        [
            CatalogueRow(
                primitive: "spectral_magnitude", variant: "",
                inputs: { [signed([3, 4], &$0), signed([3, 4], &$0)] },
                call: { apply(SpectralMagnitude(floor: 1e-3), $0) }),
            CatalogueRow(
                primitive: "spectral_magnitude_gradient", variant: "",
                inputs: { [signed([3, 4], &$0), signed([3, 4], &$0), signed([3, 4], &$0)] },
                call: { apply(SpectralMagnitudeGradient(floor: 1e-3), $0) }),
            CatalogueRow(
                primitive: "binary_cross_entropy", variant: "",
                inputs: { [.uniform([3, 4], low: 0.2, high: 0.8, from: &$0)] },
                call: { inputs in
                    let target = Tensor((0..<12).map { Float($0) / 11 }, shape: [3, 4])
                    return apply(BinaryCrossEntropy(), [inputs[0], target])
                }),
        ]
}
