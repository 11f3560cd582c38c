"""Golden values for the study vrp-erp, preset corrected: the rules of docs/studies/vrp-erp.md written down again.

Run beside a folder with spy.csv, vix.csv, vvix.csv, vx_contracts.csv and dtb3.csv, with numpy and pandas:
    python test/golden/make/vrp-erp.py ../shared/market
"""
import json
import pathlib
import sys

import numpy as np
import pandas as pd

folder = pathlib.Path(sys.argv[1])
START, END, NAV = "2015-01-02", "2024-06-28", 100_000.0


def read(name):
    return pd.read_csv(folder / f"{name}.csv", index_col=0, parse_dates=True)


spy = read("spy")
days = spy.index

# Indices known the same evening; a hole keeps the last value, for at most five sessions.
vix = read("vix")["close"].reindex(days).ffill(limit=5)
vvix = read("vvix")["close"].reindex(days).ffill(limit=5)

# Bills: a quote is known on the next bank day; as a simple yield on 365 days.
quote = read("dtb3")["dtb3"] / 100
bill = (365 * quote / (360 - 91 * quote)).shift(1).reindex(days.union(quote.index)).ffill(limit=6).reindex(days)

# VX at 30 days: linear in calendar days between the two points around it, VIX being the point of zero days.
vx = pd.read_csv(folder / "vx_contracts.csv", parse_dates=["trade_date", "expiry"])
vx = vx[vx.expiry > vx.trade_date]
cmf = pd.Series(np.nan, index=days)
for day, curve in vx.groupby("trade_date"):
    if day not in cmf.index or np.isnan(vix[day]):
        continue
    dte = np.concatenate([[0], (curve.expiry - day).dt.days.to_numpy()])
    price = np.concatenate([[vix[day]], curve.settle.to_numpy()])
    if dte[1] <= 30:
        dte, price = dte[1:], price[1:]
    cmf[day] = np.interp(30, dte, price)
contango = cmf - vix

score = (
    (1 - 2 * (vix.clip(12, 35) - 12) / 23)
    + (1 - 2 * (vvix.clip(80, 140) - 80) / 60)
    + (contango / 5).clip(-1, 1)
) / 3

CLOSED, REDUCE, OPEN = 0, 1, 2
state, count, gate = OPEN, 0, {}
for day, s in score[score.first_valid_index() :].items():
    if state == OPEN:
        target = CLOSED if s < -0.3 else REDUCE if s < 0.2 - 0.1 else OPEN
    elif state == REDUCE:
        target = CLOSED if s < -0.3 else OPEN if s >= 0.2 else REDUCE
    else:
        target = OPEN if s >= 0.2 else REDUCE if s >= -0.3 + 0.1 else CLOSED
    if target != state and count >= 2:
        state, count = target, 0
    count += 1
    gate[day] = state
gate = pd.Series(gate).reindex(days)

close = spy["close"]
simple = close.pct_change(fill_method=None)
year = np.sqrt(252)
rv21, rv63 = simple.rolling(21).std() * year, simple.rolling(62).std() * year
vrp = vix - 100 * year * np.log(close).diff().rolling(21).std()
exposure = gate.map({CLOSED: 0, REDUCE: 0.5, OPEN: 1}) * (vrp > 0) * np.minimum(0.10 / np.maximum(rv21, rv63), 1)

# Dividend on its ex-date from raw and adjusted closes; adjusted closes come in thousandths, smaller steps are rounding.
factor = spy["adj_close"] / close
share = 1 - factor.shift(1) / factor
rounding = 0.0005 / spy["adj_close"] + 0.0005 / spy["adj_close"].shift(1)
dividend = (close.shift(1) * share).where(share > 1.5 * rounding, 0)


def simulate(weight):
    """Decided at the close of a month's last session (and of the first of all), filled at the next open."""
    cash, held, order, path, trades = NAV, 0, None, [], 0
    window = days[(days >= START) & (days <= END)]
    for k, day in enumerate(window):
        before = days[days.get_loc(day) - 1]
        rate = bill[before] + (0.015 if cash < 0 else 0)
        cash += cash * rate * (day - before).days / 365
        cash += held * dividend[day]
        if order is not None and order != held:
            bought = order - held
            cash -= bought * spy["open"][day] * (1 + 0.0005 * np.sign(bought)) + 0.005 * abs(bought)
            held, trades = order, trades + 1
        order = None
        nav = cash + held * close[day]
        path.append(nav)
        last = day == window[-1] or window[k + 1].month != day.month
        if k == 0 or last:
            order = int(nav * weight[day] / close[day])
    return pd.Series(path, index=window), trades


nav, trades = simulate(exposure)
window = nav.index
returns = nav / nav.shift(1, fill_value=NAV) - 1
premium = vrp[window]
out = {
    "sessions": len(window),
    "nav": [round(float(v), 4) for v in nav],
    "gate": "".join(str(int(g)) for g in gate[window]),
    "score": [round(float(s), 9) for s in score[window]],
    "trades": trades,
    "totalReturn": float(nav.iloc[-1] / NAV - 1),
    "cagr": float((nav.iloc[-1] / NAV) ** (252 / len(nav)) - 1),
    "sharpe": float(returns.mean() / returns.std() * year),
    "maxDrawdown": float((nav / nav.cummax().clip(lower=NAV) - 1).min()),
    "vrp": {"mean": float(premium.mean()), "std": float(premium.std()), "positive": float((premium > 0).mean())},
}
path = pathlib.Path(__file__).parents[1] / "vrp-erp.json"
path.write_text(json.dumps(out, separators=(",", ":")) + "\n")
print({k: v for k, v in out.items() if k not in ("nav", "gate", "score")})
