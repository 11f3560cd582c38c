"""Golden values for the evidence room, by independent libraries.

Run with a Python that has numpy, scipy, pandas, arch, empyrical-reloaded, quantstats and pyfolio-reloaded:
    python test/golden/make/evidence.py
"""
import json
import pathlib
import warnings

warnings.filterwarnings("ignore")
import numpy as np
import pandas as pd
from arch.bootstrap import MCS, SPA, StepM, optimal_block_length
import empyrical
import quantstats.stats as qs
from scipy import stats

rng = np.random.default_rng(20240628)
n = 600
noise = rng.standard_normal((n, 8))
streams = 0.01 * noise
streams[:, 1] = 0.01 * rng.standard_t(5, n) * np.sqrt(3 / 5)
for column, phi in ((2, 0.3), (3, -0.2), (4, 0.7)):
    for t in range(1, n):
        streams[t, column] += phi * streams[t - 1, column]
streams[:, 5] = 0.004 + 0.01 * noise[:, 5]
streams[:, 6] = 0.0012 + 0.6 * streams[:, 0] + 0.006 * noise[:, 6]
streams[:, 7] = -0.002 + 0.01 * noise[:, 7]
streams = np.round(streams, 7)
columns = [f"s{k}" for k in range(streams.shape[1])]
dates = pd.bdate_range("2020-01-01", periods=n)
frame = pd.DataFrame(streams, index=dates, columns=columns)

blocks = {c: [float(v) for v in optimal_block_length(frame[c]).iloc[0]] for c in columns}

# Losses: arch looks for smaller, we look for larger returns.
losses = -frame
# arch compares raw mean differences; dividing each by its own long-run deviation gives Hansen's studentised test.
def long_run_deviation(x, block):
    x, p, t = x - x.mean(), 1 / block, len(x)
    lags = np.arange(1, t)
    kernel = (1 - lags / t) * (1 - p) ** lags + (lags / t) * (1 - p) ** (t - lags)
    return np.sqrt(x @ x / t + 2 * sum(k * (x[i:] @ x[: t - i]) / t for i, k in zip(lags, kernel)))


def hansen(models, seed):
    differences = pd.DataFrame({m: frame[m] - frame["s0"] for m in models})
    scaled = differences / differences.apply(lambda d: long_run_deviation(d.to_numpy(), 4))
    spa = SPA(0 * scaled[models[0]], -scaled, block_size=4, reps=20000, bootstrap="stationary", seed=seed)
    spa.compute()
    return {k: float(v) for k, v in spa.pvalues.items()}


spa = {" ".join(models): hansen(models, 1) for models in (["s1", "s2", "s3", "s4"], ["s1", "s7", "s3"])}
step = StepM(losses["s0"], losses[["s1", "s2", "s3", "s5", "s6", "s7"]], size=0.05, block_size=4, reps=20000, bootstrap="stationary", seed=1)
step.compute()
mcs = MCS(losses[["s0", "s1", "s2", "s6", "s7"]], size=0.05, block_size=4, reps=20000, method="max", bootstrap="stationary", seed=1)
mcs.compute()

r = frame["s6"]
b = frame["s0"]
rf = 0.00005
wealth = (1 + r).cumprod()
import pyfolio.timeseries as pyfolio_timeseries

conventions = {
    "empyrical": {
        "totalReturn": empyrical.cum_returns_final(r),
        "cagr": empyrical.annual_return(r),
        "volatility": empyrical.annual_volatility(r),
        "sharpe": empyrical.sharpe_ratio(r),
        "sharpeExcess": empyrical.sharpe_ratio(r, risk_free=rf),
        "sortino": empyrical.sortino_ratio(r),
        "calmar": empyrical.calmar_ratio(r),
        "maxDrawdown": empyrical.max_drawdown(r),
        "var95": empyrical.value_at_risk(r),
        "cvar95": empyrical.conditional_value_at_risk(r),
        "beta": empyrical.beta(r, b),
    },
    "quantstats": {
        "totalReturn": qs.comp(r),
        "cagr": qs.cagr(r),
        "volatility": qs.volatility(r),
        "sharpe": qs.sharpe(r),
        "sharpeExcess": qs.sharpe(r, rf=(1 + rf) ** 252 - 1, periods=252),
        "sortino": qs.sortino(r),
        "calmar": qs.calmar(r),
        "maxDrawdown": qs.max_drawdown(r),
        "var95": qs.value_at_risk(r),
        "cvar95": qs.cvar(r),
        "skew": qs.skew(r),
        "excessKurtosis": qs.kurtosis(r),
        "hitRate": qs.win_rate(r),
    },
    "pyfolio": {
        name: float(value)
        for name, value in pyfolio_timeseries.perf_stats(r, factor_returns=b).items()
    },
}

golden = {
    "made by": {m.__name__: m.__version__ for m in (np, pd)}
    | {p: __import__("importlib.metadata").metadata.version(p) for p in ("arch", "empyrical-reloaded", "quantstats", "pyfolio-reloaded", "scipy")},
    "days": [int(d.timestamp() // 86400) for d in dates],
    "streams": {c: [float(v) for v in frame[c]] for c in columns},
    "blockLengths": blocks,
    "spa": spa,
    "stepM": list(step.superior_models),
    "mcs": {str(k): float(v) for k, v in mcs.pvalues["Pvalue"].items()},
    "conventions": {t: {k: float(v) for k, v in m.items()} for t, m in conventions.items()},
    "moments": {
        "mean": float(r.mean()),
        "std": float(r.std(ddof=1)),
        "skewness": float(stats.skew(r)),
        "rawKurtosis": float(stats.kurtosis(r, fisher=False)),
        "quantile05": float(np.quantile(r, 0.05)),
        "correlation": float(np.corrcoef(r, b)[0, 1]),
        "covariance": float(np.cov(r, b)[0, 1]),
        "slope": float(stats.linregress(b, r).slope),
    },
    "normal": [[x, float(stats.norm.cdf(x))] for x in (-37.5, -8, -3.2, -0.5, 0, 0.3, 1.959963984540054, 6)],
    "normalQuantile": [[p, float(stats.norm.ppf(p))] for p in (1e-300, 1e-20, 1e-6, 0.02425, 0.3, 0.5, 0.9, 0.999999)],
    "clopperPearson": [float(stats.beta.ppf(0.025, 100, 1901)), float(stats.beta.ppf(0.975, 101, 1900))],
    "holm": {"p": [0.01, 0.04, 0.03, 0.005, 0.9]},
}
from statsmodels.stats.multitest import multipletests

golden["holm"]["adjusted"] = [float(v) for v in multipletests(golden["holm"]["p"], method="holm")[1]]
path = pathlib.Path(__file__).resolve().parents[1] / "evidence.json"
path.write_text(json.dumps(golden) + "\n")
for name in ("spa", "stepM", "mcs", "conventions", "blockLengths", "moments"):
    print(name, golden[name])
