"""
Best hedges of a sold call under geometric Brownian motion without costs, re-hedged daily, money in premiums.

- CVaR-95 by dynamic programming. min over tau of tau + E[(L - tau)+]/alpha, and for a fixed tau the best hedge is a
  function of session, spot and surplus z, the capital (tau + premium + gains) less the option's value, all over the
  premium: V(T, z) = max(-z, 0), V(t, S, z) = min over q of E V(t + 1, S', z + (q(S' - S) - (C' - C))/premium). Linear
  interpolation of a convex function lies above it, so that the grid's value errs upwards; two grids show how much.
- Standard deviation in closed form: the price is a martingale, so q = Cov(C', S')/Var(S') is the best (Foellmer and
  Sondermann 1986), by quadrature.
Each rule is then run on fresh paths. `--weights FILE` also runs a network's weights on them, features from the past
alone.
"""
import json, sys
from pathlib import Path
import numpy as np
from scipy.special import ndtr

VOL, STEPS, YEAR, SPOT, ALPHA = 0.2, 60, 252, 100.0, 0.05
DAY = VOL / np.sqrt(YEAR)


def call(s, t):
    """Value, delta, gamma and theta of the call t sessions after its start."""
    tau = (STEPS - t) / YEAR
    if tau == 0:
        return np.maximum(s - SPOT, 0), (s > SPOT) * 1.0, 0 * s, 0 * s
    sd = VOL * np.sqrt(tau)
    d1 = np.log(s / SPOT) / sd + sd / 2
    density = np.exp(-d1 * d1 / 2) / np.sqrt(2 * np.pi)
    price = s * ndtr(d1) - SPOT * ndtr(d1 - sd)
    return price, ndtr(d1), density / (s * sd), -s * density * VOL / (2 * np.sqrt(tau))


PREMIUM = float(call(np.array(SPOT), 0)[0])
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(15)
WEIGHTS = WEIGHTS / WEIGHTS.sum()
# Rescaled so that the mean of e^x is one to the digit.
GROWTH = np.exp(DAY * NODES - DAY * DAY / 2)
GROWTH = GROWTH / (WEIGHTS @ GROWTH)


def solve(across, along, choices):
    """The program on `across` log spots and `along` surpluses; returns CVaR-95, tau and the policy."""
    x = np.linspace(-0.5, 0.5, across)
    z = np.linspace(-1.2, 1.0, along)
    step = z[1] - z[0]
    spot = SPOT * np.exp(x)
    tilt = 0.6 * np.sinh(np.linspace(-3, 3, choices)) / np.sinh(3)
    value = np.broadcast_to(np.maximum(-z, 0), (across, along)).copy()
    policy = np.zeros((STEPS, across, along), np.float32)
    for t in range(STEPS - 1, -1, -1):
        now, delta, _, _ = call(spot, t)
        after = [call(spot * g, t + 1)[0] for g in GROWTH]
        place = [np.clip((x + np.log(g) - x[0]) / (x[1] - x[0]), 0, across - 1.000001) for g in GROWTH]
        rows = []
        for p in place:
            i = p.astype(int)
            w = (p - i)[:, None]
            rows.append((1 - w) * value[i] + w * value[i + 1])
        best = np.full((across, along), np.inf)
        chosen = np.zeros((across, along), np.float32)
        for dq in tilt:
            q = delta + dq
            mean = np.zeros((across, along))
            for g, w, row, price in zip(GROWTH, WEIGHTS, rows, after):
                move = (q * spot * (g - 1) - (price - now)) / PREMIUM
                u = (z[None] + move[:, None] - z[0]) / step
                i = np.clip(np.floor(u), 0, along - 2).astype(int)
                f = np.maximum(u - i, np.where(i == 0, -1e9, 0))
                f = np.where(i == along - 2, np.minimum(f, 1), f)
                low = np.take_along_axis(row, i, 1)
                mean += w * (low + f * (np.take_along_axis(row, i + 1, 1) - low))
            better = mean < best
            best = np.where(better, mean, best)
            chosen[better] = np.broadcast_to(q[:, None], better.shape)[better]
        value, policy[t] = best, chosen
    risks = z + value[across // 2] / ALPHA
    tau = float(z[np.argmin(risks)])
    return float(risks.min()), tau, (x, z, policy)


def summary(pnl):
    worst = np.sort(-pnl)[::-1][: int(ALPHA * len(pnl))]
    at = worst[-1]
    return {
        "cvar": float(worst.mean()),
        "cvarError": float(np.std(np.maximum(-pnl - at, 0)) / ALPHA / np.sqrt(len(pnl))),
        "deviation": float(pnl.std()),
        "mean": float(pnl.mean()),
    }


def run(rule, paths, seed):
    rng = np.random.default_rng(seed)
    s = np.full(paths, SPOT)
    pnl = np.zeros(paths)
    held = np.zeros(paths)
    returns = np.full((20, paths), DAY)
    for t in range(STEPS):
        held = rule(t, s, pnl, held, returns)
        after = s * np.exp(DAY * rng.standard_normal(paths) - DAY * DAY / 2)
        pnl += (held * (after - s) - (call(after, t + 1)[0] - call(s, t)[0])) / PREMIUM
        returns = np.vstack([returns[1:], after / s - 1])
        s = after
    return summary(pnl)


def delta_rule(t, s, pnl, held, returns):
    return call(s, t)[1]


def variance_rule(t, s, pnl, held, returns):
    return variance_hedge(t, s)


def variance_hedge(t, s):
    gain = 0
    for g, w in zip(GROWTH, WEIGHTS):
        gain = gain + w * (g - 1) * call(s * g, t + 1)[0]
    return gain / (s * (WEIGHTS @ (GROWTH - 1) ** 2))


def program_rule(found):
    cvar, tau, (x, z, policy) = found

    def rule(t, s, pnl, held, returns):
        a = np.clip((np.log(s / SPOT) - x[0]) / (x[1] - x[0]), 0, len(x) - 1.000001)
        b = np.clip((tau + pnl - z[0]) / (z[1] - z[0]), 0, len(z) - 1.000001)
        i, j = a.astype(int), b.astype(int)
        u, v = a - i, b - j
        p = policy[t]
        return (1 - u) * ((1 - v) * p[i, j] + v * p[i, j + 1]) + u * ((1 - v) * p[i + 1, j] + v * p[i + 1, j + 1])

    return rule


def network_rule(file):
    given = json.loads(Path(file).read_text())
    tensors = [np.array(p["values"]).reshape(p["shape"]) for p in given["params"]]
    scaling = given["scaling"]

    def rule(t, s, pnl, held, returns):
        _, delta, gamma, theta = call(s, t)
        raw = {
            "delta": delta,
            "gamma": 0.01 * gamma * s,
            "theta": theta / (YEAR * s),
            "tau": np.full_like(s, (STEPS - t) / YEAR),
            "realised": np.sqrt((returns**2).mean(0) * YEAR),
        }
        columns = [
            np.clip((raw[f] - m) / d, -5, 5)
            for f, m, d in zip(scaling["features"], scaling["mean"], scaling["deviation"])
        ]
        y = np.stack([*columns, held], 1)
        for weight, bias in zip(tensors[0:-2:2], tensors[1:-2:2]):
            y = np.maximum(y @ weight.T + bias, 0)
        out = y @ tensors[-2][0] + tensors[-1][0]
        bound = given.get("bound")
        return out if bound is None else delta + (bound * np.tanh(out) if bound else out)

    return rule


if __name__ == "__main__":
    paths = 200_000
    if "--weights" in sys.argv:
        file = sys.argv[sys.argv.index("--weights") + 1]
        rules = {"network": network_rule(file), "delta": delta_rule}
        print(json.dumps({name: run(rule, paths, 7) for name, rule in rules.items()}, indent=1))
        sys.exit()
    coarse = solve(121, 276, 31)
    print("coarse", coarse[:2], flush=True)
    fine = solve(161, 551, 45)
    out = {
        "source": "test/golden/make/hedging-optimum.py",
        "vol": VOL,
        "steps": STEPS,
        "paths": paths,
        "program": {"coarse": coarse[0], "fine": fine[0], "threshold": fine[1]},
        "delta": run(delta_rule, paths, 7),
        "variance": run(variance_rule, paths, 7),
        "cvar": run(program_rule(fine), paths, 7),
    }
    print(json.dumps(out, indent=1))
    Path(__file__).parents[1].joinpath("hedging-optimum.json").write_text(json.dumps(out, indent=1) + "\n")
