import Audio
import StrictJSON
import Testing

@testable import Experiments

/// Frozen lists must stay what they are: published results refer to them.
@Suite struct FrozenListTests {
    /// What was drawn for the first telephone, room and gain of the built-in test list since it exists.
    @Test func theBuiltInTestListKeepsItsDraws() throws {
        let dataset = try SyntheticDatasetConfig().make(sampleRate: 16000)
        let records = try dataset.items(.test).prefix(4).map { try dataset.pair($0, of: .test).record }
        #expect(records.map { $0?.degradationClass } == [.noise, .phone, .room, .gain])
        #expect(records.map { $0?.snr } == [7.5, 7.5, 12.5, 17.5])
        #expect(records[1]?.t60 == 0.24274750292139888 && records[2]?.t60 == 0.40182452710194483)
        #expect(records[3]?.gainExponent == 0.5527983856531464)
    }
}
