import Tensor

/// A rendered piece with what is known about it.
struct RenderedMusic {
    var stems: [Performance.Stem]
    var pitch: [Float]
    var onsets: [Performance.Onset]
}

struct MusicRenderer {
    let sampleRate: Int

    func render(count: Int, stream: RandomStream) -> RenderedMusic {
        RenderedMusic(
            stems: [.init(name: "lead", samples: [Float](repeating: 0, count: count))], pitch: [], onsets: [])
    }
}
