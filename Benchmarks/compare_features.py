"""Features of sounds, librosa against the workbench: log-mel, YIN, pYIN, onset strength, rhythm.

    python Benchmarks/compare_features.py [FILE] [--seconds 10] [--rounds 5] [--json]

Both programs compute with one thread, from the same samples: the file, repeated to the wanted length. What is
done comes from the report of `workbench bench features`, so both do the same; rhythm is onset times, tempo and
beats, from samples. Every round runs each program once and takes the ratio of their medians.
Needs: pip install librosa soundfile; `./workbench` built once. The product itself never needs Python.
"""
import json
import os
import statistics
import sys

from compare_ops import timed
from peer import ROOT, WORKBENCH, parser, run_json, spread

ONE_THREAD = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"]


def calls(y, item):
    """What librosa does for an item, as a call."""
    import librosa
    rate = item["sample_rate"]
    pitch = {key: item[key] for key in ("frame_length", "hop_length", "fmin", "fmax") if key in item}
    spectra = {key: item[key] for key in ("n_fft", "hop_length", "n_mels") if key in item}

    def log_mel():
        return librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=rate, **spectra), top_db=None)

    def onset_strength():
        return librosa.onset.onset_strength(y=y, sr=rate, **spectra)

    def rhythm():
        envelope = onset_strength()
        same = dict(onset_envelope=envelope, sr=rate, hop_length=item["hop_length"])
        librosa.onset.onset_detect(**same)
        librosa.beat.beat_track(**same, trim=False)

    return {
        "log mel": log_mel, "yin": lambda: librosa.yin(y, sr=rate, **pitch),
        "pyin": lambda: librosa.pyin(y, sr=rate, **pitch), "onset strength": onset_strength,
        "rhythm": rhythm,
    }[item["operation"]]


def peer(file, samples):
    """Reads items as JSON and prints the microseconds that librosa takes for each."""
    import numpy
    import soundfile
    signal, _ = soundfile.read(file, dtype="float32", always_2d=True)
    mono = signal.mean(axis=1)
    times = []
    for item in json.load(sys.stdin):
        y = numpy.resize(mono, item["samples"])
        times.append(1e6 * timed(calls(y, item), samples))
    print(json.dumps(times))


def main():
    import subprocess
    arguments = parser(__doc__)
    arguments.add_argument(
        "file", nargs="?", default=str(ROOT / "Tests/Fixtures/signal/audio/speech_b.wav"))
    arguments.add_argument("--seconds", type=float, default=10)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--samples", type=int, default=5, help="of each item in each round")
    arguments.add_argument("--json", action="store_true", help="print one JSON line at the end")
    arguments.add_argument("--peer", action="store_true", help="(used by the script itself)")
    chosen = arguments.parse_args()
    if chosen.peer:
        return peer(chosen.file, chosen.samples)

    environment = {**os.environ, **{name: "1" for name in ONE_THREAD}}
    times = {}
    for number in range(chosen.rounds):
        report = run_json([WORKBENCH, "bench", "features", chosen.file, "--seconds", chosen.seconds, "--json",
                           "--quiet", "--threads", 1, "--rounds", chosen.samples])
        done = subprocess.run(
            [sys.executable, __file__, chosen.file, "--peer", "--samples", str(chosen.samples)],
            input=json.dumps(report["items"]), stdout=subprocess.PIPE, text=True, check=True,
            env=environment)
        for item, microseconds in zip(report["items"], json.loads(done.stdout)):
            times.setdefault(item["operation"], []).append((item["median_us"], microseconds))
        print(f"round {number + 1} of {chosen.rounds} done", file=sys.stderr, flush=True)

    ratios = {name: [theirs / ours for ours, theirs in pairs] for name, pairs in times.items()}
    if chosen.json:
        print(json.dumps({"file": chosen.file, "seconds": chosen.seconds, "items": [
            {"name": name, "ratio": statistics.median(values), "ratios": values, "us": times[name]}
            for name, values in ratios.items()]}))
        return
    width = max(map(len, ratios))
    print(f"{'':{width}}  workbench ms   librosa ms  librosa / workbench")
    for name, values in ratios.items():
        ours, theirs = (statistics.median(pair[side] / 1e3 for pair in times[name]) for side in (0, 1))
        print(f"{name:{width}}{ours:14.2f}{theirs:13.2f}  {spread(values, 1)}")


if __name__ == "__main__":
    main()
