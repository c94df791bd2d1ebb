"""Writes comparison.json beside itself: what scipy and numpy say of invented runs, for ComparisonTests and
StatisticsTests.

Two checkpoints on the same files, two configurations over seeds (paired, and not), many comparisons, and a grid
of seeds and files.
"""
import json, pathlib
import numpy as np, scipy
from scipy import optimize, stats

rng = np.random.default_rng(11)
out = {"scipy": scipy.__version__}


def holm(p):
    """Step-down adjustment, from its definition."""
    order, adjusted, highest = np.argsort(p, kind="stable"), np.zeros(len(p)), 0.0
    for place, index in enumerate(order):
        highest = max(highest, min(1.0, (len(p) - place) * p[index]))
        adjusted[index] = highest
    return [float(v) for v in adjusted]


def bca(x):
    b = stats.bootstrap((x,), np.mean, method="BCa", n_resamples=200000, random_state=1, batch=1000)
    return [float(b.confidence_interval.low), float(b.confidence_interval.high)]


# Two checkpoints on 60 files, three metrics of which the last shrinks.
files = []
for name, goal, shift in (("pesq", "max", -0.04), ("si_sdr", "max", 0.05), ("lsd_db", "min", -0.3)):
    first = np.round(rng.normal(3, 0.5, 60), 3)
    second = np.round(first + rng.normal(shift, 0.12 if name == "pesq" else 0.6, 60), 3)
    d = second - first
    better = (d > 0) if goal == "max" else (d < 0)
    w = stats.wilcoxon(d, zero_method="zsplit", correction=False, method="approx")
    files.append({"metric": name, "goal": goal, "first": list(first), "second": list(second),
                  "difference": float(d.mean()), "interval": bca(d), "p": float(w.pvalue),
                  "better": float((better + 0.5 * (d == 0)).sum()),
                  "worst": int(np.argmin(d) if goal == "max" else np.argmax(d))})
for row, p in zip(files, holm([row["p"] for row in files])):
    row["p_holm"] = p
out["files"] = files

# A reference and three variants over seeds: eight shared seeds, three shared seeds, five other seeds.
reference = rng.normal(2.9, 0.02, 8)
seeds = {"first": list(reference), "rows": []}


def row(name, seed_numbers, values):
    shared = [s for s in seed_numbers if s <= 8]
    result = {"name": name, "seeds": seed_numbers, "values": list(values)}
    if shared:
        d = np.array([values[seed_numbers.index(s)] - reference[s - 1] for s in shared])
        t = stats.ttest_rel(np.array([values[seed_numbers.index(s)] for s in shared]),
                            reference[[s - 1 for s in shared]])
        ci = t.confidence_interval()
        p = stats.permutation_test((d,), np.mean, permutation_type="samples", n_resamples=np.inf).pvalue
        se, df = d.std(ddof=1) / np.sqrt(len(d)), len(d) - 1
        result |= {"test": "paired", "difference": float(d.mean()), "smallest": float(2 / 2 ** len(d))}
    else:
        t = stats.ttest_ind(values, reference, equal_var=False)
        ci, p = t.confidence_interval(), t.pvalue
        se, df = float(np.sqrt(np.var(values, ddof=1) / len(values) + np.var(reference, ddof=1) / 8)), float(t.df)
        result |= {"test": "welch", "difference": float(np.mean(values) - reference.mean()), "smallest": None}
    critical = stats.t.ppf(0.975, df)
    # Far from zero scipy has no number for the lower tail, which is nothing there.
    power = lambda shift: (stats.nct.sf(critical, df, shift)
                           + np.nan_to_num(stats.nct.cdf(-critical, df, shift)) - 0.8)
    detectable = optimize.brentq(power, 0.5, 30, xtol=1e-12) * se
    result |= {"low": float(ci.low), "high": float(ci.high), "p": float(p), "detectable": float(detectable)}
    half = stats.t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values))
    result["half_width"] = float(half)
    seeds["rows"].append(result)


row("asr", list(range(1, 9)), list(reference - 0.05 + rng.normal(0, 0.02, 8)))
row("vad", [1, 2, 3], list(reference[:3] - 0.005 + rng.normal(0, 0.02, 3)))
row("snr", [11, 12, 13, 14, 15], list(rng.normal(2.86, 0.03, 5)))
for entry, p in zip(seeds["rows"], holm([entry["p"] for entry in seeds["rows"]])):
    entry["p_holm"] = p
out["seeds"] = seeds

# Differences of six seeds on 40 files: two-way analysis of variance and a two-level bootstrap.
grid = -0.05 + rng.normal(0, 0.03, (6, 1)) + rng.normal(0, 0.1, (1, 40)) + rng.normal(0, 0.05, (6, 40))
s, f = grid.shape
mean = grid.mean()
ms_seed = f * ((grid.mean(1) - mean) ** 2).sum() / (s - 1)
ms_file = s * ((grid.mean(0) - mean) ** 2).sum() / (f - 1)
rest = grid - grid.mean(1, keepdims=True) - grid.mean(0, keepdims=True) + mean
ms_rest = (rest ** 2).sum() / ((s - 1) * (f - 1))
draws = 400000
means = np.empty(draws)
for start in range(0, draws, 2000):
    rows = rng.integers(0, s, (2000, s))
    columns = rng.integers(0, f, (2000, f))
    row_weights = np.stack([(rows == i).sum(1) for i in range(s)], 1)
    column_weights = np.stack([(columns == j).sum(1) for j in range(f)], 1)
    means[start:start + 2000] = np.einsum("ns,sf,nf->n", row_weights, grid, column_weights) / (s * f)
out["crossed"] = {"grid": grid.tolist(), "difference": float(mean),
                  "seed": float(max(0, (ms_seed - ms_rest) / f)), "file": float(max(0, (ms_file - ms_rest) / s)),
                  "rest": float(ms_rest), "interval": [float(v) for v in np.quantile(means, [0.025, 0.975])]}

# Differences that come in clusters of different sizes: the mean over all, clusters drawn whole.
cluster_rng = np.random.default_rng(5)
sizes = cluster_rng.integers(2, 9, 14)
clusters = [np.round(-0.6 + cluster_rng.gamma(2, 0.1) + cluster_rng.normal(0, 0.05, n), 4) for n in sizes]
sums, counts = np.array([c.sum() for c in clusters]), np.array([len(c) for c in clusters], float)
b = stats.bootstrap((sums, counts), lambda s, n, axis=-1: s.sum(axis) / n.sum(axis), paired=True, vectorized=True,
                    method="BCa", n_resamples=400000, random_state=2, batch=2000)
out["clusters"] = {"values": [list(map(float, c)) for c in clusters],
                   "interval": [float(b.confidence_interval.low), float(b.confidence_interval.high)]}

# The noncentral t distribution.
out["noncentral"] = [{"df": d, "shift": c, "t": t, "cdf": float(stats.nct.cdf(t, d, c))}
                     for d in (1, 2, 4.5, 11, 40) for c in (0.5, 3.0, 6.0) for t in (-1.0, 1.0, 2.5, 8.0)]
pathlib.Path(__file__).with_name("comparison.json").write_text(json.dumps(out, indent=1) + "\n")
