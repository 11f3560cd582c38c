"""Moments of the real market, 2004-03-26 to 2024-06-28, for test/golden/market-moments.json.

Needs numpy and pandas and the folder of real data: python market-moments.py DIR > ../market-moments.json
Every moment is defined in words in docs/simulated-market.md.
"""
import json
import sys

import numpy as np
import pandas as pd

FOLDER = sys.argv[1]
FROM, TO = "2004-03-26", "2024-06-28"
FUNDS = ["qqq", "iwm", "efa", "eem", "shy", "ief", "tlt", "tip", "dbc", "gld"]


def load(name, column="close"):
    table = pd.read_csv(f"{FOLDER}/{name}.csv", index_col=0, parse_dates=True)
    return table[column].loc[FROM:TO]


def skew(x):
    d = x - x.mean()
    return (d**3).mean() / (d**2).mean() ** 1.5


def kurtosis(x):
    d = x - x.mean()
    return (d**4).mean() / (d**2).mean() ** 2 - 3


def lagged(x, lag):
    x = np.asarray(x)
    return np.corrcoef(x[lag:], x[:-lag])[0, 1]


def correlation(a, b):
    both = pd.concat([a, b], axis=1, join="inner").dropna()
    return np.corrcoef(both.iloc[:, 0], both.iloc[:, 1])[0, 1]


spy = load("spy", "adj_close")
r = spy.pct_change().dropna()
vix = load("vix")
vvix = load("vvix")
realised = np.log(spy).diff().rolling(21).std() * np.sqrt(252) * 100
ratio3m = (load("vix3m") / vix).dropna()
ratio9d = (load("vix9d") / vix).dropna()
# VIX1D begins on 2023-04-24; its moments are those of the sessions from then on.
vix1d = load("vix1d")
ratio1d = (vix1d / vix).dropna()

vx = pd.read_csv(f"{FOLDER}/vx_contracts.csv", parse_dates=["trade_date", "expiry"])
vx = vx[(vx.trade_date >= FROM) & (vx.trade_date <= TO)]
vx = vx[vx.expiry > vx.trade_date].sort_values(["trade_date", "expiry"])
vx["rank"] = vx.groupby("trade_date").cumcount() + 1
curve = vx.pivot(index="trade_date", columns="rank", values="settle")
# The adjacent listed contracts F1 and F2, from the day every month is listed.
full = curve.loc["2006-10-23":]
f1, f2 = full[1], full[2]
settle = vx.set_index(["trade_date", "expiry"]).settle

# Short-dated futures: hold the front contract, roll to the second five sessions before the front one expires.
days = list(full.index)
sessions = np.array(days, dtype="datetime64[D]")
by_day = {day: list(group.expiry) for day, group in vx.groupby("trade_date")}
held = []
for i, (previous, today) in enumerate(zip(days[:-1], days[1:])):
    front, second = by_day[previous][:2]
    left = np.searchsorted(sessions, np.datetime64(front, "D")) - i
    expiry = second if left <= 5 else front
    new = settle.get((today, expiry))
    if new is not None:
        held.append(new / settle[(previous, expiry)] - 1)
held = np.array(held)

dgs10, dtb3 = load("dgs10", "dgs10"), load("dtb3", "dtb3")
dollar = np.log(load("dtwexbgs", "dtwexbgs")).diff()
common = pd.concat([vix, f1], axis=1, join="inner").dropna()
moments = {
    "vixMean": vix.mean(),
    "vixMedian": vix.median(),
    "vixDeviation": vix.std(),
    "vixSkew": skew(vix),
    "vixAutocorrelation": lagged(vix, 1),
    "vixPercentile95": np.percentile(vix, 95),
    "vixMaximum": vix.max(),
    "vixLogChangeDeviation": np.log(vix).diff().std(),
    "spyVixCorrelation": correlation(r, vix.diff()),
    "spyVolatility": r.std() * np.sqrt(252),
    "spySkew": skew(r),
    "spyKurtosis": kurtosis(r),
    "spyGrowth": (spy.iloc[-1] / spy.iloc[0]) ** (252 / (len(spy) - 1)) - 1,
    "spyWorstDrawdown": (spy / spy.cummax() - 1).min(),
    "spyAbsoluteAutocorrelation": lagged(r.abs(), 10),
    "varianceRiskPremium": (vix - realised).mean(),
    "vvixMean": vvix.mean(),
    "vvixDeviation": vvix.std(),
    "vvixVixCorrelation": correlation(vvix, vix),
    "vix3mRatio": ratio3m.mean(),
    "vix3mAboveShare": (ratio3m > 1).mean(),
    "vix9dRatio": ratio9d.mean(),
    "vix1dRatio": ratio1d.mean(),
    "vix1dRatioPercentile95": np.percentile(ratio1d, 95),
    "vix1dLogChangeDeviation": np.log(vix1d).diff().std(),
    "contangoShare": (f2 > f1).mean(),
    "frontAboveSpotShare": (common.iloc[:, 1] > common.iloc[:, 0]).mean(),
    "frontBasis": (common.iloc[:, 1] / common.iloc[:, 0] - 1).mean(),
    "secondBasis": (f2 / f1 - 1).mean(),
    "sixthBasis": (full[6] / f1 - 1).mean(),
    "rolldown": held.mean() * 252,
    "frontDeviation": held.std(ddof=1) * np.sqrt(252),
    "dgs10Mean": dgs10.mean() / 100,
    "dgs10ChangeDeviation": dgs10.diff().std() / 100,
    "dtb3Mean": dtb3.mean() / 100,
    "dollarVolatility": dollar.std() * np.sqrt(252),
    "spyDollarCorrelation": correlation(r, dollar),
}
for name in FUNDS:
    other = load(name, "adj_close").pct_change()
    moments[f"{name}Volatility"] = other.std() * np.sqrt(252)
    moments[f"{name}SpyCorrelation"] = correlation(r, other)

json.dump({"from": FROM, "to": TO, "moments": {k: float(v) for k, v in moments.items()}}, sys.stdout, indent=2)
print()
