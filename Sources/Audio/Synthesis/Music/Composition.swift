import Tensor

/// A few seconds of a random piece: tempo, key, chords, and notes for up to four parts.
struct Composition {
    var lead: [Note] = []
    var chords: [Note] = []
    var bass: [Note] = []
    var drums: [Stroke] = []

    private static let scales: [[Int]] = [
        [0, 2, 4, 5, 7, 9, 11], [0, 2, 3, 5, 7, 8, 10], [0, 2, 3, 5, 7, 9, 10], [0, 2, 4, 5, 7, 9, 10],
        [0, 2, 3, 5, 7, 8, 11], [0, 2, 4, 6, 7, 9, 11],
    ]
    private static let progressions: [[Int]] = [
        [0, 4, 5, 3], [0, 5, 3, 4], [0, 3, 4, 0], [1, 4, 0, 0], [5, 3, 0, 4], [0, 3, 0, 4], [0, 6, 5, 4],
        [0, 2, 3, 4], [0, 0, 3, 4], [3, 4, 2, 5],
    ]

    private let scale: [Int]
    private let key: Double
    private let beat: Double
    private let beats: Int
    private let progression: [Int]
    private let swing: Double

    /// Draws the piece; parts begin before 0 and end after `seconds`, so an item is an excerpt.
    init(seconds: Double, stream: RandomStream) {
        var stream = stream
        scale = stream.pick(Self.scales)
        key = Double(stream.integer(0..<12)) + stream.uniform(-0.3...0.3)
        beat = 60 / stream.logUniform(62...168)
        beats = stream.chance(0.2) ? 3 : 4
        progression = stream.pick(Self.progressions)
        swing = stream.chance(0.25) ? stream.uniform(0.05...0.16) : 0

        // Presence of lead, chords, bass, drums: solos and full bands.
        let presence = stream.pick([
            [true, true, true, true], [true, true, true, false], [true, true, false, false],
            [true, false, false, false], [true, false, true, true], [false, true, true, true],
            [false, true, false, false], [true, true, true, true], [true, false, false, true],
            [true, true, false, true],
        ])
        let start = -stream.uniform(0...1) * beat * Double(beats) - 0.05
        var bar = stream.integer(0..<8)
        var time = start
        var leadStream = stream.fork("lead")
        var chordStream = stream.fork("chords")
        var bassStream = stream.fork("bass")
        var drumStream = stream.fork("drums")
        let style = Style(stream: &stream)
        var degree = stream.integer(0..<7)
        while time < seconds {
            let root = progression[bar % progression.count]
            if presence[0] { addLead(bar: time, root: root, degree: &degree, style, &leadStream) }
            if presence[1] { addChords(bar: time, root: root, style, &chordStream) }
            if presence[2] { addBass(bar: time, root: root, style, &bassStream) }
            if presence[3] { addDrums(bar: time, number: bar, style, &drumStream) }
            time += beat * Double(beats)
            bar += 1
        }
        lead.removeAll { $0.start >= seconds || $0.end <= 0 }
        chords.removeAll { $0.start >= seconds || $0.end <= -0.5 }
        bass.removeAll { $0.start >= seconds || $0.end <= -0.3 }
        drums.removeAll { $0.start >= seconds || $0.start < -0.5 }
    }

    /// Habits of the players.
    private struct Style {
        let leadOctave: Int
        let density: Double
        let restShare: Double
        let chordPattern: Int
        let bassPattern: Int
        let hatDivision: Int
        let hatOpen: Double
        let useShaker: Bool
        let backbeat: Bool

        init(stream: inout RandomStream) {
            leadOctave = stream.pick([3, 4, 4, 5, 5])
            density = stream.uniform()
            restShare = stream.uniform(0...0.25)
            chordPattern = stream.integer(0..<4)
            bassPattern = stream.integer(0..<3)
            hatDivision = stream.pick([1, 2, 2, 4])
            hatOpen = stream.uniform(0...0.25)
            useShaker = stream.chance(0.2)
            backbeat = stream.chance(0.8)
        }
    }

    /// MIDI number of a degree of the scale.
    private func number(_ degree: Int, octave: Int) -> Double {
        let count = scale.count
        let place = ((degree % count) + count) % count
        let octaves = (degree - place) / count
        return 12 * Double(octave + octaves + 1) + key + Double(scale[place])
    }

    private func moment(_ bar: Double, _ position: Double, _ stream: inout RandomStream) -> Double {
        let offBeat = position - position.rounded(.down) > 0.4
        return bar + (position + (offBeat ? swing : 0)) * beat + 0.006 * stream.gaussian()
    }

    private mutating func addLead(
        bar: Double, root: Int, degree: inout Int, _ style: Style, _ stream: inout RandomStream
    ) {
        let lengths =
            style.density < 0.35
            ? [1.0, 2, 1.5] : style.density < 0.75 ? [0.5, 1, 0.5, 1.5] : [0.25, 0.5, 0.5]
        var position = 0.0
        while position < Double(beats) - 0.01 {
            let length = min(stream.pick(lengths), Double(beats) - position)
            if !stream.chance(style.restShare) {
                degree += stream.pick([-2, -1, -1, 0, 1, 1, 2, stream.integer(-4..<5)])
                // Strong beats tend to chord tones, and the line stays within two octaves.
                if position.truncatingRemainder(dividingBy: 2) == 0 && stream.chance(0.6) {
                    degree = root + stream.pick([0, 2, 4])
                }
                degree = min(max(degree, -4), 10)
                lead.append(
                    Note(
                        start: moment(bar, position, &stream),
                        duration: length * beat * stream.uniform(0.75...0.98),
                        number: number(degree, octave: style.leadOctave), velocity: stream.uniform(0.5...1)))
            }
            position += length
        }
    }

    private mutating func addChords(bar: Double, root: Int, _ style: Style, _ stream: inout RandomStream) {
        var degrees = [root, root + 2, root + 4]
        if stream.chance(0.3) { degrees.append(root + 6) }
        let velocity = stream.uniform(0.4...0.8)
        let octave = 4
        switch style.chordPattern {
        case 0:  // held
            for degree in degrees {
                chords.append(
                    Note(
                        start: moment(bar, 0, &stream), duration: Double(beats) * beat * 0.97,
                        number: number(degree, octave: octave), velocity: velocity))
            }
        case 1:  // broken
            for step in 0..<(2 * beats) {
                chords.append(
                    Note(
                        start: moment(bar, Double(step) * 0.5, &stream), duration: beat * 0.9,
                        number: number(degrees[step % degrees.count], octave: octave),
                        velocity: velocity * stream.uniform(0.7...1)))
            }
        case 2:  // on the beats, strummed
            for step in 0..<beats where stream.chance(0.85) {
                for (string, degree) in degrees.enumerated() {
                    chords.append(
                        Note(
                            start: moment(bar, Double(step), &stream) + 0.012 * Double(string),
                            duration: beat * 0.8,
                            number: number(degree, octave: octave),
                            velocity: velocity * stream.uniform(0.7...1)))
                }
            }
        default:  // off the beats
            for step in 0..<beats {
                for degree in degrees {
                    chords.append(
                        Note(
                            start: moment(bar, Double(step) + 0.5, &stream), duration: beat * 0.3,
                            number: number(degree, octave: octave), velocity: velocity))
                }
            }
        }
    }

    private mutating func addBass(bar: Double, root: Int, _ style: Style, _ stream: inout RandomStream) {
        let steps: [(Double, Double, Int)]
        switch style.bassPattern {
        case 0: steps = [(0, Double(beats), 0)]
        case 1: steps = (0..<beats).map { (Double($0), 0.9, [0, 0, 4, 2][$0 % 4]) }
        default: steps = (0..<(2 * beats)).map { (Double($0) * 0.5, 0.45, $0 % 4 == 3 ? 4 : 0) }
        }
        for (position, length, interval) in steps {
            bass.append(
                Note(
                    start: moment(bar, position, &stream), duration: length * beat * 0.95,
                    number: number(root + interval, octave: 2), velocity: stream.uniform(0.7...1)))
        }
    }

    private mutating func addDrums(bar: Double, number: Int, _ style: Style, _ stream: inout RandomStream) {
        func hit(_ position: Double, _ drum: Stroke.Drum, _ velocity: Double, _ stream: inout RandomStream) {
            drums.append(
                Stroke(
                    start: moment(bar, position, &stream), drum: drum,
                    velocity: velocity * stream.uniform(0.75...1)))
        }
        if number % 4 == 0 && stream.chance(0.4) { hit(0, .cymbal, 1, &stream) }
        for step in 0..<beats {
            let position = Double(step)
            let isBack = style.backbeat ? step % 2 == 1 : step == beats - 1
            hit(position, isBack ? .snare : .kick, 1, &stream)
            if stream.chance(0.25) { hit(position + 0.5, .kick, 0.8, &stream) }
            if stream.chance(0.08) { hit(position + 0.75, .snare, 0.4, &stream) }
            if number % 4 == 3 && step == beats - 1 && stream.chance(0.5) {
                for part in 0..<3 { hit(position + 0.25 * Double(part), .tom, 0.8, &stream) }
            }
            for part in 0..<style.hatDivision {
                let drum: Stroke.Drum =
                    style.useShaker ? .shaker : stream.chance(style.hatOpen) ? .openHat : .closedHat
                hit(position + Double(part) / Double(style.hatDivision), drum, part == 0 ? 0.9 : 0.6, &stream)
            }
        }
    }
}
