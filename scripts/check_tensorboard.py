#!/usr/bin/env python3
"""Checks that TensorBoard itself reads our event files: exports runs and compares every value.

    python3 -m venv VENV && VENV/bin/pip install tensorboard
    VENV/bin/python scripts/check_tensorboard.py --workspace DIR [--workbench ./workbench] [RUN...]

Exports the runs (default: all) with `workbench export --to tensorboard`, reads the files with TensorBoard's
EventAccumulator, and compares tags, steps, times and values with what `workbench sql` says of the view `points`.
Values must be the single-precision number nearest to ours. Without a workspace one is made and filled: from
a table with numbers of all sizes, infinities and NaN.
"""
import argparse
import json
import math
import os
import random
import struct
import subprocess
import sys
import tempfile

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def single(value):
    try:
        return struct.unpack("f", struct.pack("f", value))[0]
    except OverflowError:
        return math.copysign(math.inf, value)


def number(value, flag):
    return {0: value, 1: math.nan, 2: math.inf, 3: -math.inf}[flag]


def equal(a, b):
    return a == b or (math.isnan(a) and math.isnan(b))


def fill(program, folder):
    """A workspace with one run of two metrics, 5,000 points in all."""
    table = os.path.join(folder, "points.csv")
    draw = random.Random(1)
    with open(table, "w") as file:
        file.write("step,train/loss,val/loss,time\n")
        for step in range(0, 5000, 2):
            value = draw.choice([draw.gauss(0, 1), draw.gauss(0, 1) * 10 ** draw.uniform(-44, 44), math.inf, math.nan])
            file.write(f"{step},{value!r},{draw.random()!r},{1772366400 + step / 7!r}\n")
    workspace = os.path.join(folder, "workspace")
    subprocess.run(
        [program, "import", table, "--from", "csv", "--workspace", workspace, "--quiet"], check=True,
        stdout=subprocess.DEVNULL)
    return workspace


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--workspace")
    parser.add_argument("--workbench", default="./workbench")
    parser.add_argument("runs", nargs="*")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workspace = options.workspace or fill(options.workbench, folder)

        def ask(*arguments):
            call = [options.workbench, *arguments, "--workspace", workspace]
            return subprocess.run(call, check=True, capture_output=True, text=True).stdout

        runs = options.runs or [row["run"] for row in json.loads(ask("ls", "--json"))["runs"]]
        logs = os.path.join(folder, "logs")
        ask("export", *runs, "--to", "tensorboard", "-o", logs, "--quiet")
        wrong = checked = 0
        for place in sorted(os.listdir(logs)):
            run = place.split("-")[0]
            accumulator = EventAccumulator(os.path.join(logs, place), size_guidance={"scalars": 0})
            accumulator.Reload()
            rows = json.loads(ask(
                "sql", "SELECT name, step, wall_us, value, flag FROM points JOIN metric_names "
                f"ON metric_names.id = metric_id WHERE run_id = {run[3:]} ORDER BY name, step", "--limit", "0",
                "--json"))["rows"]
            ours = {}
            for name, step, time, value, flag in rows:
                ours.setdefault(name, []).append((step, time, single(number(value, flag))))
            tags = sorted(accumulator.Tags()["scalars"])
            if tags != sorted(ours):
                print(f"{run}: TensorBoard finds the tags {tags}, not {sorted(ours)}")
                wrong += 1
            for tag in tags:
                theirs = [(event.step, event.wall_time, event.value) for event in accumulator.Scalars(tag)]
                pairs = list(zip(theirs, ours.get(tag, [])))
                bad = [
                    pair for pair in pairs
                    if pair[0][0] != pair[1][0] or abs(pair[0][1] - pair[1][1] / 1e6) > 1e-6
                    or not equal(pair[0][2], pair[1][2])
                ]
                wrong += len(bad) + abs(len(theirs) - len(ours.get(tag, [])))
                checked += len(pairs)
                for pair in bad[:3]:
                    print(f"{run} {tag}: TensorBoard reads {pair[0]}, stored is {pair[1]}")
        print(f"{len(runs)} runs, {checked} points, {wrong} differences")
        sys.exit(1 if wrong or not checked else 0)


if __name__ == "__main__":
    main()
