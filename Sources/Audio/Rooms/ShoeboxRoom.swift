import Foundation
import Tensor

/// The impulse response of a rectangular room from a source to a microphone.
///
/// Early reflections are mirror images of the source in the walls, each late by its distance over the speed of
/// sound and weakened by the distance and by every wall it met; from the mixing time on, when images are too many
/// to be told apart, their energy goes on as noise that decays by 60 dB in T60. The walls' reflection coefficient
/// follows from T60 by Eyring's formula:
///
///     beta = exp(-0.0805 V / (S T60))    (amplitude; 24 ln 10 / c = 0.161 s/m, half of it per amplitude)
///
/// The direct sound is moved to the first sample and scaled to 1, so that what is convolved stays aligned.
///
/// Sources: Allen, Berkley, Image method for efficiently simulating small-room acoustics, JASA 65(4), 1979; Eyring,
/// Reverberation time in dead rooms, JASA 1, 1930; mixing time near sqrt(V) ms: Polack, La transmission de
/// l'energie sonore dans les salles, 1988 (taken three times).
public struct ShoeboxRoom: Sendable, Equatable {
    /// Metres: width, depth, height.
    public var size: SIMD3<Double>
    /// Reverberation time, s.
    public var t60: Double
    /// Metres from a corner.
    public var source: SIMD3<Double>
    public var microphone: SIMD3<Double>

    public init(size: SIMD3<Double>, t60: Double, source: SIMD3<Double>, microphone: SIMD3<Double>) {
        self.size = size
        self.t60 = t60
        self.source = source
        self.microphone = microphone
    }

    /// Metres a second, at 20 degrees Celsius.
    public static let speedOfSound = 343.0

    public var distance: Double { Self.length(source - microphone) }

    /// Amplitude that a wall reflects, 0 ... 1.
    public var reflection: Double {
        let volume = size.x * size.y * size.z
        let surface = 2 * (size.x * size.y + size.y * size.z + size.z * size.x)
        return exp(-0.0805 * volume / (surface * max(t60, 1e-3)))
    }

    /// Seconds after the direct sound from which the response is noise.
    public var mixingTime: Double { 0.003 * (size.x * size.y * size.z).squareRoot() }

    /// - Parameters:
    ///   - sampleRate: hertz.
    ///   - stream: the noise of the late part.
    /// - Returns: T60 long at least; the first sample is 1.
    public func response(sampleRate: Int, stream: RandomStream) -> [Float] {
        let rate = Double(sampleRate)
        let direct = max(distance, 0.02)
        let early = min(mixingTime, t60)
        let count = max(Int(max(t60, 0.02) * rate), Self.reach + 2)
        var response = [Double](repeating: 0, count: count + Self.reach)
        let farthest = direct + early * Self.speedOfSound
        let beta = reflection
        // The energy of the images in the last quarter of the early part sets the level of the late part.
        var (energy, span) = (0.0, 0.0)
        let from = 0.75 * early
        let orders = (0..<3).map { axis in Int((farthest / (2 * size[axis])).rounded(.up)) + 1 }
        for nx in -orders[0]...orders[0] {
            for ny in -orders[1]...orders[1] {
                for nz in -orders[2]...orders[2] {
                    for mirror in 0..<8 {
                        let order = SIMD3(Double(nx), Double(ny), Double(nz))
                        let flip = SIMD3(
                            Double(mirror & 1), Double(mirror >> 1 & 1), Double(mirror >> 2 & 1))
                        let image = (1 - 2 * flip) * source + 2 * order * size
                        let path = Self.length(image - microphone)
                        if path > farthest { continue }
                        let met =
                            abs(2 * nx - mirror & 1) + abs(2 * ny - (mirror >> 1 & 1))
                            + abs(2 * nz - (mirror >> 2 & 1))
                        let gain = pow(beta, Double(met)) * direct / max(path, 0.02)
                        let delay = (path - direct) / Self.speedOfSound
                        if delay >= from && met > 0 { energy += gain * gain }
                        Self.add(gain, at: delay * rate, to: &response)
                    }
                }
            }
        }
        span = (early - from) * rate
        response.removeLast(Self.reach)
        addTail(to: &response, from: early, power: span > 0 ? energy / span : 0, rate: rate, stream: stream)
        let scale = response[0] != 0 ? 1 / response[0] : 1
        return response.map { Float($0 * scale) }
    }

    private func addTail(
        to response: inout [Double], from early: Double, power: Double, rate: Double, stream: RandomStream
    ) {
        guard power > 0 else { return }
        var stream = stream
        let decay = 3 * log(10.0) / max(t60, 1e-3)
        let middle = 0.875 * early
        let first = Int(early * rate)
        let fade = max(1, first / 4)
        for n in max(1, first - fade)..<max(first, response.count) where n < response.count {
            let level = power.squareRoot() * exp(-decay * (Double(n) / rate - middle))
            let rise = min(1, Double(n - first + fade) / Double(fade))
            response[n] += level * rise * rise * stream.gaussian()
        }
    }

    /// Samples to each side of a delayed impulse.
    private static let reach = 16

    /// A band-limited impulse between samples: a sinc under a Hann window.
    private static func add(_ gain: Double, at place: Double, to response: inout [Double]) {
        let centre = Int(place.rounded())
        let offset = place - Double(centre)
        if abs(offset) < 1e-9 {
            if centre < response.count { response[centre] += gain }
            return
        }
        let sine = sin(.pi * offset)
        for k in -reach...reach where centre + k >= 0 && centre + k < response.count {
            let x = Double(k) - offset
            // sin(pi (k - d)) has the sign of k and the size of sin(pi d).
            let sinc = abs(x) < 1e-9 ? 1 : (k & 1 == 0 ? -sine : sine) / (.pi * x)
            let window = 0.5 + 0.5 * cos(.pi * x / Double(reach + 1))
            response[centre + k] += gain * sinc * window
        }
    }

    private static func length(_ v: SIMD3<Double>) -> Double { (v * v).sum().squareRoot() }
}
