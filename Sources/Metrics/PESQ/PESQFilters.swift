import Foundation

/// The filters through which PESQ hears.
///
/// Source: ITU-T P.862 (02/2001) and P.862.2 (11/2007).
enum PESQFilters {
    /// A response given at some frequencies, linear in decibels between them.
    struct Response: Sendable {
        let points: [(hertz: Double, decibels: Double)]

        /// The gains (amplitudes) at `count` frequencies that are `spacing` hertz apart, from 0 Hz on.
        func gains(spacing: Double, count: Int) -> [Double] {
            var next = 1
            return (0..<count).map { bin in
                let frequency = Double(bin) * spacing
                while next < points.count - 1 && frequency > points[next].hertz { next += 1 }
                let (low, high) = (points[next - 1], points[next])
                let part = min(1, (frequency - low.hertz) / (high.hertz - low.hertz))
                return pow(10, (low.decibels + part * (high.decibels - low.decibels)) / 20)
            }
        }
    }

    /// The band in which levels are aligned.
    static let alignment = Response(points: [
        (0, -500), (300, -500), (350, 0), (3250, 0), (3500, -500), (8000, -500),
    ])

    /// The receiving side of a telephone handset, modified IRS.
    static let receive = Response(points: [
        (0, -200), (50, -40), (100, -20), (125, -12), (160, -6), (200, 0), (250, 4), (300, 6),
        (
            350,
            8
        ), (400, 10), (500, 11), (600, 12), (700, 12), (800, 12), (1000, 12), (1300, 12),
        (
            1600,
            12
        ), (2000, 12), (2500, 12), (3000, 12), (3250, 12), (3500, 4), (4000, -200), (5000, -200),
        (6300, -200), (8000, -200),
    ])

    /// One second-order section: b0, b1, b2, a1, a2.
    typealias Section = (b0: Double, b1: Double, b2: Double, a1: Double, a2: Double)

    /// The high-pass at 100 Hz of the wide-band extension, at 16 kHz.
    static let wideBand: [Section] = [(2.740826, -5.4816519, 2.740826, -1.9444777, 0.94597794)]

    /// The band-pass of speech in which delays are estimated.
    static func delays(_ sampleRate: Int) -> [Section] { sampleRate == 8000 ? delays8000 : delays16000 }

    private static let delays8000: [Section] = [
        (0.885535424, -0.885535424, 0.0, -0.771070709, 0.0),
        (0.895092588, 1.292907193, 0.449260174, 1.268869037, 0.442025372),
        (4.04952794, -7.865190042, 3.815662102, -1.746859852, 0.786305963),
        (0.500002353, -0.500002353, 0.0, 0.0, 0.0),
        (0.565002834, -0.241585934, -0.306009671, 0.259688659, 0.249979657),
        (2.115237288, 0.919935084, 1.141240051, -1.587313419, 0.665935315),
        (0.912224584, -0.224397719, -0.641121413, -0.246029464, -0.55672059),
        (0.444617727, -0.307589321, 0.141638062, -0.996391149, 0.502251622),
    ]

    private static let delays16000: [Section] = [
        (0.325631521, -0.08678286, -0.238848661, -1.07941649, 0.434583902),
        (0.403961804, -0.556985881, 0.153024077, -0.415115835, 0.696590244),
        (4.736162769, 3.287251046, 1.753289019, -1.859599046, 0.876284034),
        (0.365373469, 0.0, 0.0, -0.634626531, 0.0),
        (0.884811506, 0.0, 0.0, -0.256725271, 0.141536777),
        (0.723593055, -1.447186099, 0.723593044, -1.129587469, 0.657232737),
        (1.644910855, -1.817280902, 1.249658063, -1.778403899, 0.801724355),
        (0.633692689, -0.284644314, -0.319789663, 0.0, 0.0),
        (1.032763031, 0.268428979, 0.602913323, 0.0, 0.0),
        (1.001616361, -0.823749013, 0.439731942, -0.885778255, 0.0),
        (0.752472096, -0.37538899, 0.188977609, -0.077258216, 0.247230734),
        (1.023700575, 0.001661628, 0.52128424, -0.183867259, 0.354324187),
    ]
}
