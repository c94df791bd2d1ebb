import Foundation
import StrictJSON
import Tensor
import Testing

@testable import Datasets

@Suite struct FeatureCacheTests {
    private static let sound = Samples.tone(seconds: 0.3)

    private func bytes(_ cache: FeatureCache, _ path: String) throws -> Data {
        try Data(contentsOf: cache.folder.appending(path: path))
    }

    @Test func aFeatureIsComputedOnce() throws {
        try withTemporaryFolder { folder in
            let cache = FeatureCache(folder: folder)
            let feature = LogMelFeature()
            let first = try cache.entry(feature, of: Self.sound, sampleRate: 16000)
            let second = try cache.entry(feature, of: Self.sound, sampleRate: 16000)
            #expect(first.origin == .computed && second.origin == .found)
            #expect(first.array == second.array && first.path == second.path && cache.has(first.path))
            #expect(first.array == feature.compute(Self.sound, sampleRate: 16000))
            let folderName = first.path.split(separator: "/")[0]
            let facts = try JSONDocument(
                contentsOf: folder.appending(path: "\(folderName)/parameters.json").path
            ).value
            #expect(facts["kind"]?.stringValue == "log_mel" && facts["version"]?.intValue == 1)
            #expect(facts["parameters"] == feature.json && facts["columns"]?.stringValue != nil)
        }
    }

    /// One sample, the rate, a parameter: each has a place of its own, and nothing old is served.
    @Test func whateverChangesTheContentChangesThePlace() throws {
        try withTemporaryFolder { folder in
            let cache = FeatureCache(folder: folder)
            var paths: Set<String> = []
            var touched = Self.sound
            touched[100] += 1e-5
            var other = LogMelFeature()
            other.melBands = 40
            for (feature, sound, rate) in [
                (LogMelFeature(), Self.sound, 16000), (LogMelFeature(), touched, 16000),
                (LogMelFeature(), Self.sound, 8000), (other, Self.sound, 16000),
            ] {
                let entry = try cache.entry(feature, of: sound, sampleRate: rate)
                #expect(entry.origin == .computed)
                paths.insert(entry.path)
            }
            #expect(paths.count == 4)
        }
    }

    @Test func damagedFilesAreMadeAnew() throws {
        try withTemporaryFolder { folder in
            let cache = FeatureCache(folder: folder)
            let feature = OnsetFeature()
            let entry = try cache.entry(feature, of: Self.sound, sampleRate: 16000)
            let whole = try bytes(cache, entry.path)
            for damaged in [Data(), whole.prefix(40), whole.prefix(whole.count - 1), Data("text".utf8)] {
                try damaged.write(to: folder.appending(path: entry.path))
                #expect(!cache.has(entry.path))
                let mended = try cache.entry(feature, of: Self.sound, sampleRate: 16000)
                #expect(mended.origin == .mended && mended.array == entry.array)
                #expect(try bytes(cache, entry.path) == whole)
            }
        }
    }

    /// Many at once make the same file; whoever finds it, finds it whole.
    @Test func manyAtOnceDoNotDisturbEachOther() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "aural-cache-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let expected = LogMelFeature().compute(Self.sound, sampleRate: 16000)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    let entry = try FeatureCache(folder: folder).entry(
                        LogMelFeature(), of: Self.sound, sampleRate: 16000)
                    return entry.array == expected && entry.origin != .mended
                }
            }
            for try await right in group { #expect(right) }
        }
        let left = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        #expect(
            left.filter { $0.hasSuffix(".npy") }.count == 1 && !left.contains { $0.hasSuffix(".partial") })
    }

    /// Silence, one sample and less than a window, too.
    @Test(arguments: FeatureRegistry.kinds.map { $0.kind }) func everySoundHasTheFeature(kind: String)
        throws
    {
        let document = try JSONDocument(#"{"kind": "\#(kind)"}"#)
        let feature = try document.decode(Choice<FeatureRegistry>.self).item
        let width = ["log_mel": 80, "pitch": 3, "onset": 1, "loudness": 2, "spectral_shape": 4]
        for sound in [Self.sound, [Float](repeating: 0, count: 4000), [0.5], Array(Self.sound.prefix(50))] {
            let array = try feature.compute(sound, sampleRate: 16000)
            #expect(array.shape.count == 2 && array.shape.reduce(1, *) == array.values.count)
            #expect(
                array.shape[0] > 0 && array.shape[1] == width[kind] && array.values.allSatisfy(\.isFinite),
                "\(kind) of \(sound.count) samples"
            )
        }
    }
}
