import Foundation
import Tensor

extension Degradation {
    /// A room, unless a recorded one is given.
    func simulateRoom(
        _ simulation: PhoneSimulation, _ signal: inout [Float], _ record: inout DegradationRecord,
        stream: RandomStream, rooms: RecordedRooms
    ) rethrows {
        var stream = stream
        guard stream.chance(simulation.roomShare) else { return }
        if let response = try rooms(stream.fork("recorded")) {
            signal = Convolution.causal(signal, with: response)
            return
        }
        let size = SIMD3(
            stream.uniform(simulation.roomWidth.range), stream.uniform(simulation.roomDepth.range),
            stream.uniform(simulation.roomHeight.range))
        let t60 = stream.uniform(simulation.t60.range)
        // Half a metre off the walls, as people sit and phones lie.
        func place() -> SIMD3<Double> {
            let share = SIMD3(stream.uniform(), stream.uniform(), stream.uniform())
            return 0.5 + share * (size - 1).clamped(lowerBound: SIMD3(), upperBound: size)
        }
        let microphone = place()
        let wanted = stream.uniform(simulation.distance.range)
        var direction = SIMD3(stream.gaussian(), stream.gaussian(), 0.3 * stream.gaussian())
        let length = max(1e-6, (direction * direction).sum().squareRoot())
        direction *= wanted / length
        let source = (microphone + direction).clamped(
            lowerBound: SIMD3(repeating: 0.2), upperBound: size - 0.2)
        let room = ShoeboxRoom(size: size, t60: t60, source: source, microphone: microphone)
        signal = Convolution.causal(
            signal, with: room.response(sampleRate: sampleRate, stream: stream.fork("response")))
        record.t60 = t60
        record.simulation?.roomSize = [size.x, size.y, size.z]
        record.simulation?.distance = room.distance
    }

    /// The microphone, hands on it, and the electronics behind it, up to the codec.
    func simulatePhone(
        _ simulation: PhoneSimulation, _ signal: inout [Float], _ record: inout DegradationRecord,
        stream: RandomStream
    ) {
        var stream = stream
        addHandling(simulation, &signal, &record, stream: stream.fork("handling"))
        applyMicrophone(simulation, &signal, &record, stream: stream.fork("microphone"))
        if stream.chance(simulation.gainShare) {
            let exponent = stream.uniform(configuration.gainExponent.range)
            signal = InputEffects.compress(signal, exponent: exponent, sampleRate: sampleRate)
            record.gainExponent = exponent
        }
        if stream.chance(simulation.clipShare) {
            record.clipFraction = Clipping.clip(
                &signal, fraction: stream.uniform(configuration.clipFraction.range))
        }
        code(simulation, &signal, &record, stream: stream.fork("codec"))
    }

    private func addHandling(
        _ simulation: PhoneSimulation, _ signal: inout [Float], _ record: inout DegradationRecord,
        stream: RandomStream
    ) {
        var stream = stream
        guard stream.chance(simulation.handlingShare) else { return }
        let active = ActiveLevel.rms(signal, sampleRate: sampleRate)
        let level = stream.uniform(simulation.handlingLevel.range)
        let noise = HandlingNoise.make(
            count: signal.count, sampleRate: sampleRate,
            rate: stream.uniform(simulation.handlingRate.range), stream: stream.fork("bursts"))
        let gain = Float(active * Mathematics.gain(decibels: level))
        for i in signal.indices { signal[i] += gain * noise[i] }
        record.simulation?.handlingLevel = level
    }

    private func applyMicrophone(
        _ simulation: PhoneSimulation, _ signal: inout [Float], _ record: inout DegradationRecord,
        stream: RandomStream
    ) {
        var stream = stream
        let count = Int(stream.uniform(simulation.resonances.range).rounded())
        let microphone = Microphone(
            lowCut: stream.uniform(simulation.lowCut.range),
            highCut: stream.uniform(simulation.highCut.range),
            resonances: (0..<max(0, count)).map { _ in
                Microphone.Resonance(
                    frequency: stream.uniform(simulation.resonanceFrequency.range),
                    gain: stream.uniform(simulation.resonanceGain.range),
                    quality: stream.uniform(simulation.resonanceQuality.range))
            })
        signal = microphone.record(signal, sampleRate: sampleRate)
        record.simulation?.lowCut = microphone.lowCut
        record.simulation?.highCut = microphone.highCut
        record.simulation?.resonances = microphone.resonances
    }

    private func code(
        _ simulation: PhoneSimulation, _ signal: inout [Float], _ record: inout DegradationRecord,
        stream: RandomStream
    ) {
        var stream = stream
        let line = CodecLine(
            shares: simulation.codecShares, ratio: simulation.transformRatio, edge: simulation.transformEdge)
        let (coded, codec) = line.transmit(signal, sampleRate: sampleRate, stream: stream.fork("line"))
        signal = coded
        record.simulation?.codec = codec.name
        record.simulation?.transformRatio = codec.ratio
        record.simulation?.transformEdge = codec.edge
        if stream.chance(simulation.lossShare) {
            let loss = PacketLoss(share: stream.uniform(simulation.packetLoss.range))
            let (heard, lost) = loss.transmit(signal, sampleRate: sampleRate, stream: stream.fork("loss"))
            signal = heard
            record.simulation?.packetLoss = lost
        }
    }
}
