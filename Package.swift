// swift-tools-version: 6.2
import PackageDescription

/// Who may import whom is drawn in docs/architecture.md and enforced by
/// `--explicit-target-dependency-import-check error`.
let package = Package(
    name: "aural-workbench",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "workbench", targets: ["Workbench"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    ],
    targets: [
        // System libraries: each is imported by exactly one module, behind a thin Swift wrapper.
        .systemLibrary(
            name: "CFFTW", pkgConfig: "fftw3f",
            providers: [.apt(["libfftw3-dev"]), .brew(["fftw"])]),
        .systemLibrary(
            name: "COpenBLAS", pkgConfig: "openblas",
            providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
        .systemLibrary(
            name: "CSndfile", pkgConfig: "sndfile",
            providers: [.apt(["libsndfile1-dev"]), .brew(["libsndfile"])]),
        .systemLibrary(
            name: "CZlib", pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),

        .target(name: "CKernels"),
        .target(name: "CLastWords"),
        .target(name: "Tensor", dependencies: ["CFFTW", "COpenBLAS", "CKernels", "StrictJSON"]),
        .target(name: "Layers", dependencies: ["Tensor"]),
        .target(name: "Losses", dependencies: ["Tensor"]),
        .target(name: "Audio", dependencies: ["Tensor", "CSndfile", "CZlib"]),
        .target(name: "Metrics", dependencies: ["Audio", "Tensor"]),
        .target(name: "Statistics", dependencies: ["Tensor"]),
        .target(name: "StrictJSON", dependencies: ["CLastWords"]),
        .target(name: "Hashing"),
        .target(name: "Datasets", dependencies: ["Audio", "Tensor", "StrictJSON", "Hashing"]),
        .target(
            name: "Tracking",
            dependencies: [
                "CLastWords", "StrictJSON", "Hashing", .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .target(name: "Comparison", dependencies: ["Statistics", "StrictJSON", "Tensor", "Tracking"]),
        .target(
            name: "Experiments",
            dependencies: [
                "Tensor", "Layers", "Losses", "Audio", "Metrics", "Statistics", "StrictJSON", "Tracking",
                "Hashing",
                "Datasets",
            ]),
        .executableTarget(
            name: "Workbench",
            dependencies: [
                "Tensor", "Audio", "Metrics", "Statistics", "StrictJSON", "Tracking", "Experiments",
                "Datasets", "Comparison",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        .testTarget(name: "TensorTests", dependencies: ["Tensor"]),
        .testTarget(name: "LayersTests", dependencies: ["Layers", "Tensor"]),
        .testTarget(name: "LossesTests", dependencies: ["Losses", "Tensor"]),
        .testTarget(name: "ConformanceTests", dependencies: ["Tensor", "Layers", "Losses", "StrictJSON"]),
        .testTarget(name: "AudioTests", dependencies: ["Audio", "Tensor"]),
        .testTarget(name: "MetricsTests", dependencies: ["Metrics", "Audio", "StrictJSON", "Tensor"]),
        .testTarget(name: "StatisticsTests", dependencies: ["Statistics"]),
        .testTarget(name: "SignalTests", dependencies: ["Audio", "Tensor", "StrictJSON"]),
        .testTarget(name: "StrictJSONTests", dependencies: ["StrictJSON"]),
        .testTarget(name: "HashingTests", dependencies: ["Hashing"]),
        .testTarget(
            name: "DatasetsTests", dependencies: ["Datasets", "Audio", "StrictJSON", "Hashing", "Tensor"]),
        .testTarget(
            name: "TrackingTests",
            dependencies: ["Tracking", "StrictJSON", .product(name: "GRDB", package: "GRDB.swift")]),
        .testTarget(
            name: "ComparisonTests", dependencies: ["Comparison", "Statistics", "StrictJSON", "Tracking"]),
        .testTarget(
            name: "ExperimentsTests",
            dependencies: [
                "Experiments", "Tensor", "Layers", "Losses", "Audio", "Metrics", "StrictJSON", "Tracking",
                "Hashing",
                "Datasets",
            ]),
        .testTarget(
            name: "WorkbenchTests", dependencies: ["Workbench", "StrictJSON", "Tracking", "Audio", "Hashing"]),
    ]
)
