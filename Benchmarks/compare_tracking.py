"""Logging, listing and comparing beside MLflow, trackio, Aim and TensorBoard, in turn in one run.

    python Benchmarks/compare_tracking.py [--rounds 3] [--only logging|ls|compare] [--json]

- logging: 20 metrics a step, one process, until everything is durable (each tool closed, opened again and counted);
  bytes a point of everything left on disk. Tools differ by orders of magnitude, so each logs what takes it a second
  or so; rates are of that. The cost of the call in the training loop is the median of single calls.
- ls: a list of 2,000 runs with 100 parameters each, from a fresh process. MLflow through its client (`search_runs`),
  trackio through `trackio list runs`, which prints names only. (Aim's `runs ls` prints hashes; TensorBoard has none.)
- compare: two runs of 100,000 points of one metric, from a fresh process: what each needs to show both curves and
  last values. Ours also with 1,000,000.

The sample runs of ls and compare are copied inside the peers' databases, which hold the same rows as if logged.

Needs: python -m venv VENV; VENV/bin/pip install mlflow trackio aim tensorboardX tensorboard (measured: MLflow 3.17.2,
trackio 0.43.0, Aim 3.29.1, tensorboardX 2.6.5, TensorBoard 2.21.0); `./workbench` built once. The product itself
never needs Python.
"""
import argparse
import json
import os
import pathlib
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import uuid

WORKBENCH = str(pathlib.Path(__file__).resolve().parent.parent / "workbench")
METRICS = 20
STEPS = {"mlflow": 150, "mlflow_batch": 1500, "trackio": 2000, "aim": 250, "tensorboardx": 1500}


def value(step, metric):
    return 1 / (1 + step) + (step * 7919 + metric * 104729 & 0xFFFF) * 1e-6


def size(folder):
    return sum(f.stat().st_size for f in pathlib.Path(folder).rglob("*") if f.is_file())


def logged(folder, steps, call, close):
    """Calls `call(step, {name: value})` for each step, then `close()`; seconds, the median of a call, bytes on disk."""
    calls = []
    start = time.perf_counter()
    for step in range(steps):
        values = {f"metric_{m}": value(step, m) for m in range(METRICS)}
        before = time.perf_counter_ns()
        call(step, values)
        calls.append(time.perf_counter_ns() - before)
    close()
    return time.perf_counter() - start, statistics.median(calls) / METRICS, size(folder)


def peer_mlflow(folder, steps):
    import mlflow
    from mlflow import MlflowClient
    client = MlflowClient(f"sqlite:///{folder}/mlflow.db")
    run = client.create_run(client.create_experiment("bench", f"{folder}/artifacts")).info.run_id

    def call(step, values):
        for name, number in values.items():
            client.log_metric(run, name, number, step=step)

    result = logged(folder, steps, call, lambda: client.set_terminated(run))
    client = MlflowClient(f"sqlite:///{folder}/mlflow.db")
    return *result, sum(len(client.get_metric_history(run, f"metric_{m}")) for m in range(METRICS))


def peer_mlflow_batch(folder, steps):
    from mlflow import MlflowClient
    from mlflow.entities import Metric
    client = MlflowClient(f"sqlite:///{folder}/mlflow.db")
    run = client.create_run(client.create_experiment("bench", f"{folder}/artifacts")).info.run_id
    waiting = []

    def flush():
        client.log_batch(run, metrics=waiting)
        waiting.clear()

    def call(step, values):
        waiting.extend(Metric(name, number, int(time.time() * 1e3), step) for name, number in values.items())
        if len(waiting) >= 1000:
            flush()

    def close():
        if waiting:
            flush()
        client.set_terminated(run)

    result = logged(folder, steps, call, close)
    client = MlflowClient(f"sqlite:///{folder}/mlflow.db")
    return *result, sum(len(client.get_metric_history(run, f"metric_{m}")) for m in range(METRICS))


def peer_trackio(folder, steps):
    os.environ["TRACKIO_DIR"] = folder
    import trackio
    trackio.init(project="bench", name="run", config={})
    result = logged(folder, steps, lambda step, values: trackio.log(values, step=step), trackio.finish)
    rows = sqlite3.connect(next(pathlib.Path(folder).glob("*.db"))).execute("SELECT metrics FROM metrics").fetchall()
    return *result, sum(len(json.loads(row[0])) for row in rows)


def peer_aim(folder, steps):
    import aim
    aim.Repo.from_path(folder, init=True)
    run = aim.Run(repo=folder, log_system_params=False, capture_terminal_logs=False, system_tracking_interval=None)

    def call(step, values):
        for name, number in values.items():
            run.track(number, name=name, step=step)

    result = logged(folder, steps, call, run.close)
    # Read-only, the closed repository lists no sequences (Aim 3.29.1); opened for writing the run has them all.
    run = aim.Run(run.hash, repo=folder, log_system_params=False, capture_terminal_logs=False,
                  system_tracking_interval=None)
    found = sum(len(metric.values.sparse_numpy()[0]) for metric in run.metrics())
    run.close()
    return *result, found


def peer_tensorboardx(folder, steps):
    from tensorboardX import SummaryWriter
    writer = SummaryWriter(folder)

    def call(step, values):
        for name, number in values.items():
            writer.add_scalar(name, number, step)

    result = logged(folder, steps, call, writer.close)
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    events = EventAccumulator(folder, size_guidance={"scalars": 0})
    events.Reload()
    return *result, sum(len(events.Scalars(tag)) for tag in events.Tags()["scalars"])


def run_peer(name):
    """In a process of its own: imports and servers of one tool must not slow the next."""
    with tempfile.TemporaryDirectory() as folder:
        output = subprocess.run(
            [sys.executable, __file__, "--peer", name, "--folder", folder], capture_output=True, text=True)
        if output.returncode:
            return {"tool": name, "error": output.stderr.strip().splitlines()[-1:]}
        return json.loads(output.stdout.strip().splitlines()[-1])


def workbench(*arguments):
    return json.loads(subprocess.run(
        [WORKBENCH, *arguments, "--json"], capture_output=True, text=True, check=True).stdout)


def compare_logging(rounds):
    names = list(STEPS)
    rates, facts = {name: [] for name in [*names, "workbench"]}, {}
    for _ in range(rounds):
        ours = workbench("bench", "logging", "--rounds", "1", "--quiet")
        rates["workbench"].append(ours["points_per_second"])
        facts["workbench"] = {"ns_per_call": ours["median_ns_by_name"], "bytes_per_point": ours["bytes_per_point"]}
        for name in names:
            result = run_peer(name)
            if "error" in result:
                facts[name] = result
                continue
            rates[name].append(result["points_per_second"])
            facts[name] = result
    best = statistics.median(rates["workbench"])
    rows = []
    for name in ["workbench", *names]:
        if not rates[name]:
            rows.append({"tool": name, "error": facts[name].get("error")})
            continue
        rate = statistics.median(rates[name])
        rows.append({
            "tool": name, "points_per_second": round(rate), "ours_is_times_faster": round(best / rate, 1),
            "us_per_call": round(facts[name]["ns_per_call"] / 1e3, 2),
            "bytes_per_point": round(facts[name]["bytes_per_point"], 1)})
    return rows


def sample_mlflow(folder, runs, params, points):
    """`runs` runs with parameters, and two more with `points` points of one metric."""
    from mlflow import MlflowClient
    client = MlflowClient(f"sqlite:///{folder}/mlflow.db")
    experiment = client.create_experiment("bench", f"{folder}/artifacts")
    client.set_terminated(client.create_run(experiment).info.run_id)
    database = sqlite3.connect(f"{folder}/mlflow.db")
    columns = [row[1] for row in database.execute("PRAGMA table_info(runs)")]
    template = dict(zip(columns, database.execute("SELECT * FROM runs").fetchone()))
    ids = []
    for number in range(runs + 2):
        template["run_uuid"] = uuid.uuid4().hex
        ids.append(template["run_uuid"])
        database.execute(f"INSERT INTO runs VALUES ({','.join('?' * len(columns))})", list(template.values()))
        if number < runs:
            database.executemany("INSERT INTO params (key, value, run_uuid) VALUES (?, ?, ?)", [
                (f"part_{p // 10}.key_{p % 10}", str(number % (p + 2) * 0.125), ids[-1]) for p in range(params)])
            database.executemany(
                "INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES (?, ?, 1, 19, 0, ?)",
                [(f"train/metric_{m}", 0.5, ids[-1]) for m in range(5)])
    for run in ids[-2:]:
        database.executemany(
            "INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES ('loss', ?, 1, ?, ?, 0)",
            [(value(step, 0), run, step) for step in range(points)])
        database.execute(
            "INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES ('loss', 1, 1, ?, 0, ?)",
            (points - 1, run))
    database.commit()
    return ids[-2:]


def sample_trackio(folder, runs, params, points):
    code = f"""
import os; os.environ["TRACKIO_DIR"] = {folder!r}
import trackio
trackio.init(project="bench", name="first", config={{"a": 1}}); trackio.log({{"loss": 1.0}}, step=0); trackio.finish()
"""
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    database = sqlite3.connect(next(pathlib.Path(folder).glob("*.db")))
    time_text = database.execute("SELECT created_at FROM configs").fetchone()[0]
    for number in range(runs + 2):
        run, name = uuid.uuid4().hex, f"run{number}"
        config = {f"part_{p // 10}.key_{p % 10}": number % (p + 2) * 0.125 for p in range(params)}
        database.execute("INSERT INTO configs (run_id, run_name, config, created_at) VALUES (?, ?, ?, ?)",
                         (run, name, json.dumps(config).encode(), time_text))
        steps = points if number >= runs else 20
        database.executemany(
            "INSERT INTO metrics (run_id, timestamp, run_name, step, metrics, log_id) VALUES (?, ?, ?, ?, ?, ?)",
            ((run, time_text, name, step, json.dumps({"loss": value(step, 0)}).encode(), uuid.uuid4().hex)
             for step in range(steps)))
    database.commit()


def fresh(arguments, rounds, environment=None):
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        subprocess.run(arguments, check=True, capture_output=True, env={**os.environ, **(environment or {})})
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e3


def compare_reading(rounds, which, runs=2000, params=100, points=100_000):
    with tempfile.TemporaryDirectory() as folder:
        mlflow_folder, trackio_folder, board = (os.path.join(folder, name) for name in ("m", "t", "b"))
        for name in (mlflow_folder, trackio_folder, board):
            os.mkdir(name)
        pair = sample_mlflow(mlflow_folder, runs, params, points)
        sample_trackio(trackio_folder, runs, params, points)
        ours = workbench("bench", "reading", "--runs", str(runs), "--params", str(params), "--points", str(points),
                         "--rounds", str(3 * rounds), "--quiet")
        trackio = str(pathlib.Path(sys.executable).parent / "trackio")
        rows = []

        def add(what, tool, milliseconds, own):
            rows.append({"what": what, "tool": tool, "ms": round(milliseconds), "ours_ms": round(own, 1),
                         "ours_is_times_faster": round(milliseconds / own, 1)})

        if which in (None, "ls"):
            code = (f"from mlflow import MlflowClient\nc = MlflowClient('sqlite:///{mlflow_folder}/mlflow.db')\n"
                    f"assert len(c.search_runs(['1'], max_results=5000)) >= {runs}")
            add("ls", "mlflow", fresh([sys.executable, "-c", code], rounds), ours["ls_ms"])
            add("ls", "trackio", fresh([trackio, "list", "runs", "--project", "bench"], rounds,
                                       {"TRACKIO_DIR": trackio_folder}), ours["ls_ms"])
        if which in (None, "compare"):
            code = (f"from mlflow import MlflowClient\nc = MlflowClient('sqlite:///{mlflow_folder}/mlflow.db')\n"
                    f"for r in {pair!r}:\n c.get_run(r); assert len(c.get_metric_history(r, 'loss')) == {points}")
            add("compare", "mlflow", fresh([sys.executable, "-c", code], rounds), ours["compare_ms"])
            code = ("import sys\n"
                    "from trackio.sqlite_storage import SQLiteStorage as s\n"
                    f"for r in ('run{runs}', 'run{runs + 1}'):\n assert len(s.get_logs('bench', r)) > 0")
            add("compare", "trackio", fresh([sys.executable, "-c", code], rounds, {"TRACKIO_DIR": trackio_folder}),
                ours["compare_ms"])
            from tensorboardX import SummaryWriter
            for run in ("a", "b"):
                writer = SummaryWriter(os.path.join(board, run))
                for step in range(points):
                    writer.add_scalar("loss", value(step, 0), step)
                writer.close()
            code = ("from tensorboard.backend.event_processing.event_accumulator import EventAccumulator as E\n"
                    f"for r in ('a', 'b'):\n e = E('{board}/' + r); e.Reload(); e.Scalars('loss')")
            add("compare", "tensorboard", fresh([sys.executable, "-c", code], rounds), ours["compare_ms"])
        return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=["logging", "ls", "compare"])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--peer", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peer:
        steps = STEPS[arguments.peer]
        seconds, nanoseconds, bytes_on_disk, found = globals()["peer_" + arguments.peer](arguments.folder, steps)
        assert found == steps * METRICS, f"{found} points of {steps * METRICS} found"
        print(json.dumps({
            "tool": arguments.peer, "points_per_second": found / seconds, "ns_per_call": nanoseconds,
            "bytes_per_point": bytes_on_disk / found}))
        return
    report = {}
    if arguments.only in (None, "logging"):
        report["logging"] = compare_logging(arguments.rounds)
    if arguments.only != "logging":
        report["reading"] = compare_reading(arguments.rounds, arguments.only)
    if arguments.json:
        print(json.dumps(report))
        return
    for part, rows in report.items():
        print(part)
        for row in rows:
            print("  " + "  ".join(f"{key} {cell}" for key, cell in row.items()))


if __name__ == "__main__":
    main()
