"""The metrics of `workbench score` beside the Python packages, on any folder of pairs: agreement and speed.

    python Benchmarks/compare_metrics.py FOLDER [--rounds 5] [--seconds 8] [--agreement] [--speed]

FOLDER holds clean/ and noisy/ (16 kHz, one channel, equal names). Prints figures only:
- agreement: per metric the number of files, and the mean and the worst absolute difference;
- speed: seconds of one core per minute of sound for PESQ (wide and narrow band) and STOI, here and there, in turn
  in the same run, medians over rounds with their range; then scoring the folder with one thread and with all cores.
For speed every clip is repeated to --seconds and the folder copied until it holds 2 minutes; ours includes the start
of the process and reading the files, theirs starts with the samples in memory.

Needs: pip install pesq pystoi soundfile numpy; `./workbench` built once. The product itself never needs Python.
"""
import argparse
import json
import math
import os
import pathlib
import statistics
import subprocess
import tempfile
import time
import warnings

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import soundfile
from pesq import pesq
from pystoi import stoi

WORKBENCH = str(pathlib.Path(__file__).resolve().parent.parent / "workbench")


def lsd_db(x, y):
    """mean_t sqrt(mean_k (Lx - Ly)^2), Hann 512, hop 128, centred with reflected ends, floor 1e-10."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(512) / 512)

    def levels(signal):
        padded = np.pad(signal, 256, mode="reflect")
        frames = np.lib.stride_tricks.sliding_window_view(padded, 512)[::128]
        return 10 * np.log10(np.maximum(np.abs(np.fft.rfft(frames * window)) ** 2, 1e-10))

    return np.sqrt(((levels(x) - levels(y)) ** 2).mean(axis=1)).mean()


def si_sdr(x, y):
    target = (x @ y) / (x @ x) * x
    return 10 * np.log10((target @ target) / ((y - target) @ (y - target)))


PEERS = {
    "pesq_wb": lambda x, y: pesq(16000, x, y, "wb"),
    "pesq_nb": lambda x, y: pesq(16000, x, y, "nb"),
    "stoi": lambda x, y: stoi(x, y, 16000),
    "estoi": lambda x, y: stoi(x, y, 16000, extended=True),
    "snr": lambda x, y: 10 * np.log10((x @ x) / ((y - x) @ (y - x))),
    "si_sdr": si_sdr,
    "lsd_db": lsd_db,
}


def read(folder):
    names = sorted(path.name for path in (folder / "clean").iterdir())
    return {name: tuple(soundfile.read(folder / part / name)[0] for part in ("clean", "noisy")) for name in names}


def ours(folder, *options):
    command = [WORKBENCH, "score", str(folder / "clean"), str(folder / "noisy"), "--json", "--quiet", *options]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def agreement(folder):
    sounds = read(folder)
    files = {entry["name"]: entry["metrics"] for entry in ours(folder, "--metrics", ",".join(PEERS))["files"]}
    print("| metric | files | mean difference | worst |\n|---|---|---|---|")
    for metric, peer in PEERS.items():
        differences = []
        for name, (x, y) in sounds.items():
            if metric not in files[name]:
                continue
            try:
                differences.append(abs(files[name][metric] - float(peer(x, y))))
            except Exception as error:  # the packages refuse in their own ways
                print(f"  {name}: {metric}: {type(error).__name__}")
        if differences:
            print(f"| {metric} | {len(differences)} | {statistics.mean(differences):.1e} | {max(differences):.1e} |")


def timed(body):
    start = time.perf_counter()
    body()
    return time.perf_counter() - start


def show(label, values, unit):
    print(f"{label}: {statistics.median(values):.3f} ({min(values):.3f}-{max(values):.3f}) {unit}")


def speed(folder, rounds, seconds):
    sounds = read(folder)
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        long = []
        while sum(len(x) for x, _ in long) < 120 * 16000:
            for x, y in sounds.values():
                times = math.ceil(seconds * 16000 / len(x))
                long.append(tuple(np.tile(signal, times)[: seconds * 16000] for signal in (x, y)))
        for part, index in (("clean", 0), ("noisy", 1)):
            (scratch / part).mkdir()
            for number, pair in enumerate(long):
                soundfile.write(scratch / part / f"{number}.wav", pair[index], 16000, subtype="PCM_16")
        minutes = sum(len(x) for x, _ in long) / 16000 / 60
        for metric in ("pesq_wb", "pesq_nb", "stoi"):
            mine, theirs = [], []
            for _ in range(rounds):
                mine.append(timed(lambda: ours(scratch, "--threads", "1", "--metrics", metric)) / minutes)
                theirs.append(timed(lambda: [PEERS[metric](x, y) for x, y in long]) / minutes)
            show(f"{metric} workbench", mine, "s per minute of sound")
            show(f"{metric} package", theirs, "s per minute of sound")
            show(f"{metric} package / workbench", [b / a for a, b in zip(mine, theirs)], "")
        one = [timed(lambda: ours(scratch, "--threads", "1")) for _ in range(rounds)]
        every = [timed(lambda: ours(scratch)) for _ in range(rounds)]
        print(f"all metrics, {minutes:.1f} minutes of sound in {len(long)} files:")
        show("one thread", one, "s")
        show(f"{os.cpu_count()} cores", every, "s")
        show("ratio", [a / b for a, b in zip(one, every)], "")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--agreement", action="store_true", help="agreement alone")
    parser.add_argument("--speed", action="store_true", help="speed alone")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    if not options.speed:
        agreement(options.folder)
    if not options.agreement:
        speed(options.folder, options.rounds, options.seconds)


if __name__ == "__main__":
    main()
