"""Writes statistics.json beside itself: the values of scipy against which Sources/Statistics is tested."""
import json, pathlib
import numpy as np, scipy
from scipy import stats

rng = np.random.default_rng(5)
samples = {
    "six": rng.normal(0.4, 1, 6), "eleven": rng.normal(0.5, 1, 11), "forty": rng.normal(0.2, 1, 40),
    "eighty": rng.normal(0.1, 1, 80), "skewed": rng.exponential(1, 30) - 0.8,
    "ties": np.round(rng.normal(0.3, 1, 60), 1), "zeros": np.round(rng.normal(0.2, 0.5, 25)),
}
out = {"scipy": scipy.__version__, "samples": []}
for name, x in samples.items():
    w = stats.wilcoxon(x, zero_method="zsplit", correction=False,
                       method="approx" if name in ("ties", "zeros") or len(x) > 50 else "exact")
    row = {"name": name, "values": list(map(float, x)), "mean": float(np.mean(x)), "sd": float(np.std(x, ddof=1)),
           "median": float(np.median(x)), "decile": float(np.quantile(x, 0.1)),
           "wilcoxon_p": float(w.pvalue), "wilcoxon_w": float(w.statistic)}
    t = stats.ttest_1samp(x, 0)
    row["t_p"] = float(t.pvalue)
    row["t_low"] = float(t.confidence_interval().low)
    row["t_high"] = float(t.confidence_interval().high)
    p = stats.permutation_test((x,), np.mean, permutation_type="samples", vectorized=True, batch=1000,
                               n_resamples=np.inf if len(x) <= 11 else 400000, random_state=2)
    row["sign_flip_p"] = float(p.pvalue)
    for method in ("percentile", "BCa"):
        b = stats.bootstrap((x,), np.mean, method=method, n_resamples=200000, random_state=1, batch=1000)
        row["bootstrap_" + method.lower()] = [float(b.confidence_interval.low), float(b.confidence_interval.high)]
    out["samples"].append(row)
welch = stats.ttest_ind(samples["forty"], samples["eleven"], equal_var=False)
out["welch"] = {"first": "eleven", "second": "forty", "p": float(welch.pvalue), "df": float(welch.df),
                "low": float(welch.confidence_interval().low), "high": float(welch.confidence_interval().high)}
out["normal"] = [{"p": p, "z": float(stats.norm.ppf(p))} for p in (1e-12, 1e-4, 0.01, 0.025, 0.3, 0.5, 0.9, 0.999)]
out["student"] = [{"df": d, "t": t, "p": float(2 * stats.t.sf(t, d)), "critical": float(stats.t.ppf(0.975, d))}
                  for d in (1, 2, 4.5, 9, 30, 400) for t in (0.1, 1.0, 2.5, 12.0)]
p = [0.01, 0.04, 0.03, 0.005, 0.2, 0.03]
out["holm"] = {"p": p, "adjusted": [0.05, 0.12, 0.12, 0.03, 0.2, 0.12]}
pathlib.Path(__file__).with_name("statistics.json").write_text(json.dumps(out, indent=1))
