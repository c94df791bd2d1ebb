"""A search whose objective costs nothing: `workbench bench sweep` against Optuna on SQLite, in turn in one run.

    python Benchmarks/compare_sweep.py [--trials 1000] [--rounds 3] [--method random|tpe] [--workbench PATH]

Both ask for a trial of three parameters (logarithmic, whole, one of three), compute the same sum and tell it; both
keep every trial in a SQLite file on the same disk. Measured inside the process around the loop, without the start of
Python or of the workbench. Optuna twice: as it comes, and with the settings that the workbench gives its
own connection (write-ahead log, synchronous = NORMAL), which spare it waiting for the disk.
Needs: pip install optuna. The product itself never needs Python.
"""
import argparse
import json
import math
import pathlib
import statistics
import subprocess
import tempfile
import time

from peer import WORKBENCH


def objective(trial):
    rate = trial.suggest_float("rate", 1e-5, 1e-1, log=True)
    depth = trial.suggest_int("depth", 1, 8)
    trial.suggest_categorical("kind", ["a", "b", "c"])
    return abs(math.log10(rate) + 3) + abs(depth - 4)


def optuna_seconds(trials, method, folder, tuned):
    import optuna
    import sqlalchemy

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    storage = optuna.storages.RDBStorage(f"sqlite:///{folder}/optuna.db")
    if tuned:
        @sqlalchemy.event.listens_for(storage.engine, "connect")
        def settings(connection, _):
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")

        storage.engine.dispose()
    samplers = {"random": optuna.samplers.RandomSampler, "tpe": optuna.samplers.TPESampler}
    study = optuna.create_study(storage=storage, sampler=samplers[method](seed=1))
    start = time.perf_counter()
    for _ in range(trials):
        trial = study.ask()
        study.tell(trial, objective(trial))
    seconds = time.perf_counter() - start
    assert len(study.get_trials(deepcopy=False)) == trials
    return seconds


def workbench_seconds(trials, method, folder, program):
    text = subprocess.run(
        [program, "bench", "sweep", "--trials", str(trials), "--method", method, "--folder", folder, "--json"],
        check=True, capture_output=True, text=True).stdout
    return json.loads(text)["seconds"]


def main():
    import optuna

    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--method", choices=["random", "tpe"], default="random")
    parser.add_argument("--workbench", default=WORKBENCH)
    options = parser.parse_args()
    results = {"workbench": [], "optuna": [], "optuna, WAL": []}
    for _ in range(options.rounds):
        for name, seconds in results.items():
            with tempfile.TemporaryDirectory() as folder:
                if name == "workbench":
                    seconds.append(workbench_seconds(options.trials, options.method, folder, options.workbench))
                else:
                    seconds.append(optuna_seconds(options.trials, options.method, folder, "WAL" in name))
    ours = statistics.median(results["workbench"])
    print(f"{options.method}, {options.trials} trials, median of {options.rounds} (range); Optuna {optuna.__version__}")
    for name, seconds in results.items():
        middle = statistics.median(seconds)
        print(f"{name:12s} {middle:8.3f} s ({min(seconds):.3f}-{max(seconds):.3f})  {middle / ours:6.1f} x the workbench")


if __name__ == "__main__":
    main()
