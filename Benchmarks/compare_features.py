"""Features of sounds against librosa, torchaudio and soxr: log-mel, MFCC, pitch, onset strength, rhythm, resampling.

    python Benchmarks/compare_features.py [FILE] [--seconds 10] [--rounds 5] [--threads 1] [--json]

All programs compute from the same samples: the file, repeated to the wanted length. What is done comes from the
report of `workbench bench features`, so all do the same; rhythm is onset times, tempo and beats, from samples.
torchaudio resamples by a filter of equal quality (Kaiser window, 64 zero crossings), soxr at HQ and VHQ.
Every round runs each program once and takes the ratio of their medians.
Needs: pip install librosa soxr soundfile torch torchaudio; `./workbench` built once. Without torchaudio its rows are
left out. The product itself never needs Python.
"""
import json
import os
import statistics
import subprocess
import sys

from compare_ops import timed
from peer import ROOT, WORKBENCH, parser, run_json, spread

THREADS = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"]


def calls(y, item):
    """What each library does for an item: its name and a call."""
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
        "log mel": lambda: [("librosa", log_mel), *torchaudio_mel(y, rate, spectra)],
        "mfcc": lambda: [("librosa", lambda: librosa.feature.mfcc(S=log_mel(), n_mfcc=item["n_mfcc"]))],
        "yin": lambda: [("librosa", lambda: librosa.yin(y, sr=rate, **pitch))],
        "pyin": lambda: [("librosa", lambda: librosa.pyin(y, sr=rate, **pitch))],
        "onset strength": lambda: [("librosa", onset_strength)],
        "rhythm": lambda: [("librosa", rhythm)],
        "resample": lambda: resampling(y, rate, item["to_rate"]),
        "resample back": lambda: resampling(resampled(y, rate, item["to_rate"]), item["to_rate"], rate),
    }.get(item["operation"], list)()


def torchaudio_mel(y, rate, spectra):
    try:
        import torch
        import torchaudio
    except (ImportError, OSError):
        return []
    signal = torch.from_numpy(y)
    mel = torchaudio.transforms.MelSpectrogram(rate, **spectra, norm="slaney", mel_scale="slaney")
    decibels = torchaudio.transforms.AmplitudeToDB("power")

    def log_mel():
        with torch.no_grad():
            return decibels(mel(signal))

    return [("torchaudio", log_mel)]


def resampled(y, before, after):
    import soxr
    return soxr.resample(y, before, after)


def resampling(y, before, after):
    import soxr
    found = [(f"soxr {quality}", lambda quality=quality: soxr.resample(y, before, after, quality=quality))
             for quality in ("HQ", "VHQ")]
    try:
        import torch
        import torchaudio
    except (ImportError, OSError):
        return found
    signal = torch.from_numpy(y)
    change = torchaudio.transforms.Resample(
        before, after, resampling_method="sinc_interp_kaiser", lowpass_filter_width=64,
        rolloff=0.9475937167399596, beta=14.769656459379492)

    def call():
        with torch.no_grad():
            return change(signal)

    return [*found, ("torchaudio", call)]


def peer(file, samples, threads):
    """Reads items as JSON and prints, for each, the microseconds of every library."""
    import numpy
    import soundfile
    try:
        import torch
        torch.set_num_threads(threads)
    except ImportError:
        pass
    signal, _ = soundfile.read(file, dtype="float32", always_2d=True)
    mono = signal.mean(axis=1)
    times = []
    for item in json.load(sys.stdin):
        y = numpy.resize(mono, item["samples"])
        times.append({name: 1e6 * timed(call, samples) for name, call in calls(y, item)})
    print(json.dumps(times))


def main():
    arguments = parser(__doc__)
    arguments.add_argument(
        "file", nargs="?", default=str(ROOT / "Tests/Fixtures/signal/audio/speech_b.wav"))
    arguments.add_argument("--seconds", type=float, default=10)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--samples", type=int, default=5, help="of each item in each round")
    arguments.add_argument("--threads", type=int, default=1, help="of all programs")
    arguments.add_argument("--json", action="store_true", help="print one JSON line at the end")
    arguments.add_argument("--peer", action="store_true", help="(used by the script itself)")
    chosen = arguments.parse_args()
    if chosen.peer:
        return peer(chosen.file, chosen.samples, chosen.threads)

    environment = {**os.environ, **{name: str(chosen.threads) for name in THREADS}}
    times = {}
    for number in range(chosen.rounds):
        report = run_json([WORKBENCH, "bench", "features", chosen.file, "--seconds", chosen.seconds, "--json",
                           "--quiet", "--threads", chosen.threads, "--rounds", chosen.samples])
        done = subprocess.run(
            [sys.executable, __file__, chosen.file, "--peer", "--samples", str(chosen.samples),
             "--threads", str(chosen.threads)],
            input=json.dumps(report["items"]), stdout=subprocess.PIPE, text=True, check=True,
            env=environment)
        for item, peers in zip(report["items"], json.loads(done.stdout)):
            for library, microseconds in peers.items():
                pair = (item["median_us"], microseconds)
                times.setdefault((item["operation"], library), []).append(pair)
        print(f"round {number + 1} of {chosen.rounds} done", file=sys.stderr, flush=True)

    ratios = {key: [theirs / ours for ours, theirs in pairs] for key, pairs in times.items()}
    if chosen.json:
        print(json.dumps({"file": chosen.file, "seconds": chosen.seconds, "threads": chosen.threads, "items": [
            {"name": name, "library": library, "ratio": statistics.median(values), "ratios": values,
             "us": times[name, library]} for (name, library), values in ratios.items()]}))
        return
    print(f"{'':15} {'library':11} workbench ms    theirs ms  theirs / workbench")
    for (name, library), values in ratios.items():
        ours, theirs = (statistics.median(pair[side] / 1e3 for pair in times[name, library]) for side in (0, 1))
        print(f"{name:15} {library:11}{ours:13.2f}{theirs:13.2f}  {spread(values, 1)}")


if __name__ == "__main__":
    main()
