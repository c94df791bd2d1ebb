/// Kinds of background scenes. Each belongs to one split only, so that the scenes of the test set are of
/// kinds that training never heard.
enum AmbienceFamily: String, CaseIterable {
    // Training
    case wind
    case stream
    case engine
    case ventilation
    case crowd
    case passing
    case machinery
    case drone
    case fire
    case interference
    // Validation
    case rain
    case rotor
    case server
    // Test
    case fountain
    case turbine
    case steam
    case insects
    case railway
    case cafe

    var split: DataSplit {
        switch self {
        case .wind, .stream, .engine, .ventilation, .crowd, .passing, .machinery, .drone, .fire,
            .interference:
            .train
        case .rain, .rotor, .server: .validation
        case .fountain, .turbine, .steam, .insects, .railway, .cafe: .test
        }
    }

    static func of(_ split: DataSplit) -> [AmbienceFamily] { allCases.filter { $0.split == split } }
}
