import Tensor

/// Gives a background noise: of a kind, of a number of samples at any level, drawn from a stream. Nil if there is
/// none of that kind. The second part of the result names it, for example by its file.
public typealias RecordedNoises = (NoiseKind, Int, RandomStream) throws -> (
    samples: [Float], family: String?
)?

/// Gives a room's impulse response whose direct sound is its first sample and has unit gain, drawn from a stream. Nil
/// if there is none.
public typealias RecordedRooms = (RandomStream) throws -> [Float]?

/// Turns clean recordings into what a phone would have recorded.
///
/// In this order: a room (class R always, class P sometimes), noise at an SNR over the active level,
/// automatic gain (A) and clipping (A, sometimes P), a least-squares gain to the clean signal, and the
/// telephone channel (P). Or, where the configuration has a simulation, a whole phone: see `PhoneSimulation`. No
/// step delays the signal, so the pair stays aligned to the sample.
public struct Degradation: Sendable {
    /// Hz.
    public let sampleRate: Int
    public let configuration: DegradationConfiguration
    private let telephone: Telephone

    /// - Parameters:
    ///   - sampleRate: Hz, 8000 ... 96000; default 16000.
    ///   - configuration: All distributions.
    public init(sampleRate: Int = 16000, configuration: DegradationConfiguration = .init()) {
        require(
            (8000...96000).contains(sampleRate),
            "[degradation] sample rate must lie in 8000 ... 96000 Hz, is \(sampleRate)")
        self.sampleRate = sampleRate
        self.configuration = configuration
        telephone = Telephone(sampleRate: sampleRate, band: configuration.phoneBand)
    }

    /// Degrades one signal.
    ///
    /// - Parameters:
    ///   - clean: Mono samples, full scale ±1, any length. Silence stays silence.
    ///   - degradationClass: The class; drawn by the configured shares when nil.
    ///   - snr: SNR in dB, active level of the signal over RMS of the noise; drawn when nil; infinity adds no
    ///     noise.
    ///   - split: Decides which noises and which SNRs may be drawn.
    ///   - stream: The key to everything drawn.
    public func degrade(
        clean: [Float], class degradationClass: DegradationClass? = nil, snr: Double? = nil,
        split: DataSplit, stream: RandomStream
    ) -> DegradedPair {
        degrade(
            clean: clean, class: degradationClass, snr: snr, split: split, stream: stream,
            recorded: { _, _, _ in nil }, rooms: { _ in nil })
    }

    /// The same with recorded noises and rooms.
    ///
    /// - Parameters:
    ///   - recorded: Asked for a noise of a kind, of a length and with a key to what is drawn; where it gives nil, the
    ///     noise is synthesised.
    ///   - rooms: Asked for a room where there is to be one; where it gives nil, the room is synthesised.
    /// - Throws: What `recorded` and `rooms` throw.
    public func degrade(
        clean: [Float], class degradationClass: DegradationClass? = nil, snr: Double? = nil,
        split: DataSplit, stream: RandomStream, recorded: RecordedNoises,
        rooms: RecordedRooms = { _ in nil }
    ) rethrows -> DegradedPair {
        var stream = stream
        let shares = configuration.classShares
        let classes: [DegradationClass] = [.noise, .phone, .room, .gain]
        let drawn = classes[stream.weighted([shares.noise, shares.phone, shares.room, shares.gain])]
        var record = DegradationRecord(degradationClass: degradationClass ?? drawn, split: split)
        var signal = clean

        if let simulation = configuration.simulation {
            record.degradationClass = .simulated
            record.simulation = PhoneSimulationRecord()
            try simulateRoom(simulation, &signal, &record, stream: stream.fork("room"), rooms: rooms)
            try addNoise(&signal, &record, snr: snr, stream: stream.fork("noise"), recorded: recorded)
            simulatePhone(simulation, &signal, &record, stream: stream.fork("phone"))
        } else {
            try applyRoom(&signal, &record, stream: stream.fork("room"), rooms: rooms)
            try addNoise(&signal, &record, snr: snr, stream: stream.fork("noise"), recorded: recorded)
            applyGainAndClipping(&signal, &record, stream: stream.fork("gain"))
        }
        record.leastSquaresGain = Self.leastSquaresGain(of: signal, to: clean)
        for i in signal.indices { signal[i] *= Float(record.leastSquaresGain) }
        if record.degradationClass == .phone { signal = telephone.transmit(signal) }

        var peak: Float = 0
        for i in clean.indices { peak = max(peak, max(abs(clean[i]), abs(signal[i]))) }
        if Double(peak) > configuration.peakLimit { record.pairGain = configuration.peakLimit / Double(peak) }
        let gain = Float(record.pairGain)
        return DegradedPair(
            clean: clean.map { Self.rounded($0 * gain) }, degraded: signal.map { Self.rounded($0 * gain) },
            record: record)
    }

    private func applyRoom(
        _ signal: inout [Float], _ record: inout DegradationRecord, stream: RandomStream, rooms: RecordedRooms
    ) rethrows {
        var stream = stream
        let room: DegradationConfiguration.Room
        switch record.degradationClass {
        case .room: room = configuration.room
        case .phone where stream.chance(configuration.phoneRoomShare): room = configuration.phoneRoom
        default: return
        }
        // From a copy: asking must not change what is drawn next, or frozen lists would change.
        var asking = stream
        if let response = try rooms(asking.fork("recorded")) {
            signal = Convolution.causal(signal, with: response)
            return
        }
        let t60 = stream.uniform(room.t60.range)
        let ratio = stream.uniform(room.directToReverberant.range)
        let response = RoomResponse.make(
            t60: t60, directToReverberant: ratio, sampleRate: sampleRate, stream: stream.fork("response"))
        signal = Convolution.causal(signal, with: response)
        (record.t60, record.directToReverberant) = (t60, ratio)
    }

    private func addNoise(
        _ signal: inout [Float], _ record: inout DegradationRecord, snr: Double?, stream: RandomStream,
        recorded: RecordedNoises
    ) rethrows {
        var stream = stream
        let isRoom = record.degradationClass == .room
        let choices = isRoom ? configuration.testRoomSNR : configuration.testSNR
        let drawn =
            record.split == .test && !choices.isEmpty
            ? stream.pick(choices) : stream.uniform(configuration.snr.range)
        let snr = snr ?? drawn
        let active = ActiveLevel.rms(signal, sampleRate: sampleRate)
        guard snr < .infinity, active > 0 else { return }
        let kind = configuration.noiseShares.draw(&stream)
        let key = stream.fork("samples")
        let noise =
            try recorded(kind, signal.count, key)
            ?? NoiseSynthesiser(sampleRate: sampleRate).noise(
                kind: kind, split: record.split, count: signal.count, stream: key)
        require(
            noise.samples.count == signal.count,
            "[degradation] a noise of \(noise.samples.count) samples for a signal of \(signal.count)")
        let level = ActiveLevel.meanRMS(noise.samples)
        guard level > 0 else { return }
        let gain = Float(active / level * Mathematics.gain(decibels: -snr))
        for i in signal.indices { signal[i] += gain * noise.samples[i] }
        (record.noiseKind, record.noiseFamily, record.snr) = (kind, noise.family, snr)
    }

    private func applyGainAndClipping(
        _ signal: inout [Float], _ record: inout DegradationRecord, stream: RandomStream
    ) {
        var stream = stream
        switch record.degradationClass {
        case .gain:
            let exponent = stream.uniform(configuration.gainExponent.range)
            let control = AutomaticGain(
                reference: configuration.gainReference, exponent: exponent,
                maximum: configuration.gainMaximum, attack: configuration.gainAttack,
                release: configuration.gainRelease)
            let gains = control.gains(signal, sampleRate: sampleRate)
            for i in signal.indices { signal[i] *= gains[i] }
            record.gainExponent = exponent
            record.clipFraction = Clipping.clip(
                &signal, fraction: stream.uniform(configuration.clipFraction.range))
        case .phone where stream.chance(configuration.phoneClipShare):
            record.clipFraction = Clipping.clip(
                &signal, fraction: stream.uniform(configuration.phoneClipFraction.range))
        default: return
        }
    }

    /// The factor g that minimises `sum (g x - reference)^2`; 1 when that is 0, negative or undefined.
    static func leastSquaresGain(of signal: [Float], to reference: [Float]) -> Double {
        var product = 0.0
        var energy = 0.0
        for i in signal.indices {
            product += Double(signal[i]) * Double(reference[i])
            energy += Double(signal[i]) * Double(signal[i])
        }
        return energy > 0 && product > 0 ? product / energy : 1
    }

    /// The nearest value of 16-bit PCM.
    static func rounded(_ x: Float) -> Float {
        min(max((x * 32768).rounded(), -32768), 32767) / 32768
    }
}

extension DegradationConfiguration.Interval {
    public var range: ClosedRange<Double> { minimum...max(minimum, maximum) }
}
