"""Times one training step of the benchmark network here and in PyTorch, in turn, and prints the ratios.

    python Benchmarks/compare_step.py [--threads 2] [--rounds 5] [--steps 10] [--busy]
                                      [--engine winograd|direct|blas]

Every round runs each program once, in a process of its own; ratios are taken within a round, so that what the
machine does beside hits both. With --busy each round also runs both while another process keeps one core
busy. Needs: pip install torch numpy; `./workbench` built once. The product itself never needs Python.
"""
import json
import statistics
import subprocess
import sys

from peer import ROOT, WORKBENCH, parser, run_json, spread


class BusyCore:
    """Another process that computes without a pause, for the time of a `with`."""

    def __enter__(self):
        self.process = subprocess.Popen([sys.executable, "-c", "while True: pass"])

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def main():
    arguments = parser(__doc__)
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--steps", type=int, default=10)
    arguments.add_argument("--warmup", type=int, default=3)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--engine", help="what computes our convolutions; default: the program's")
    arguments.add_argument("--format", default="channels_last", choices=["channels_last", "contiguous"])
    arguments.add_argument("--busy", action="store_true", help="also with one core kept busy")
    arguments.add_argument("--json", action="store_true", help="print one JSON line at the end")
    chosen = arguments.parse_args()
    shared = ["--threads", chosen.threads, "--steps", chosen.steps, "--warmup", chosen.warmup]
    engine = ["--engine", chosen.engine] if chosen.engine else []
    programs = {
        "workbench": [WORKBENCH, "bench", "step", "--json", "--quiet", *engine, *shared],
        "PyTorch": [sys.executable, ROOT / "Benchmarks/peer.py", "--format", chosen.format, *shared],
    }

    quiet = {name: [] for name in programs}
    busy = {name: [] for name in programs}
    for number in range(chosen.rounds):
        # Who goes first alternates: the second may find the machine warmer.
        order = list(programs) if number % 2 == 0 else list(programs)[::-1]
        for name in order:
            quiet[name].append(run_json(programs[name]))
        if chosen.busy:
            for name in order:
                with BusyCore():
                    busy[name].append(run_json(programs[name]))
        ours, theirs = (quiet[name][-1]["median_ms"] for name in ("workbench", "PyTorch"))
        line = f"round {number + 1}: workbench {ours:.0f} ms, PyTorch {theirs:.0f} ms, "
        line += f"ratio {theirs / ours:.2f}"
        if chosen.busy:
            ours, theirs = (busy[name][-1]["median_ms"] for name in ("workbench", "PyTorch"))
            line += f"; one core busy: {ours:.0f} ms and {theirs:.0f} ms"
        print(line, file=sys.stderr if chosen.json else sys.stdout, flush=True)

    def ratios(key, above="PyTorch", below="workbench"):
        return [a[key] / b[key] for a, b in zip(quiet[above], quiet[below])]

    def slowdown(name):
        return [a["median_ms"] / b["median_ms"] for a, b in zip(busy[name], quiet[name])]

    results = {
        "PyTorch / workbench, median step": ratios("median_ms"),
        "PyTorch / workbench, fastest step": ratios("min_ms"),
        "PyTorch / workbench, processor time": ratios("cpu_s_per_step"),
        "workbench / PyTorch, peak memory": ratios("peak_rss_mib", "workbench", "PyTorch"),
    }
    if chosen.busy:
        results["workbench, busy / quiet"] = slowdown("workbench")
        results["PyTorch, busy / quiet"] = slowdown("PyTorch")
    if chosen.json:
        print(json.dumps({
            "threads": chosen.threads, "rounds": chosen.rounds, "quiet": quiet, "busy": busy,
            "ratios": {name: {"median": statistics.median(values), "all": values}
                       for name, values in results.items()}}))
        return
    print(f"\n{chosen.threads} threads, {chosen.rounds} rounds of {chosen.steps} steps; medians (ranges)")
    for name in programs:
        reports = quiet[name]
        print(f"{name:10} step {spread([r['median_ms'] for r in reports], 0)} ms, "
              f"peak memory {spread([r['peak_rss_mib'] for r in reports], 0)} MiB, "
              f"first step after {spread([r['first_step_start_s'] or 0 for r in reports])} s")
    for name, values in results.items():
        print(f"{name}: {spread(values)}")


if __name__ == "__main__":
    main()
