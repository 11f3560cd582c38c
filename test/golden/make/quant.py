"""Golden values of the quant room: 50-digit arithmetic (mpmath) for prices, `arch` for GARCH, numpy for HAR."""
import json
from pathlib import Path
import numpy as np
from arch import arch_model
from mpmath import mp, mpf, exp, log, sqrt, ncdf, diff, quad, inf, pi, mpc, e as E

mp.dps = 50
rng = np.random.default_rng(7)
out = {}


def exact(x):
    return mpf(float(x))


# Black's formula without units.
rows = []
for _ in range(400):
    s = float(10 ** rng.uniform(-5, 1.2))
    x = -float(rng.choice([0, 10 ** rng.uniform(-8, 0), abs(rng.normal()) * s * 8, abs(rng.normal()) * s]))
    value = exp(exact(x) / 2) * ncdf(exact(x) / s + exact(s) / 2) - exp(-exact(x) / 2) * ncdf(exact(x) / s - exact(s) / 2)
    if value > 1e-290:
        rows.append([x, s, float(value)])
out["normalisedBlack"] = rows


# Greeks as derivatives of the price, none of them by formula.
def price(right, S, K, T, v, r, b):
    s = v * sqrt(T)
    d1 = (log(S / K) + b * T) / s + s / 2
    d2 = d1 - s
    w = 1 if right == "call" else -1
    return w * (S * exp((b - r) * T) * ncdf(w * d1) - K * exp(-r * T) * ncdf(w * d2))


DERIVATIVES = {
    "delta": ((1, 0, 0, 0, 0, 0), 1),
    "gamma": ((2, 0, 0, 0, 0, 0), 1),
    "vega": ((0, 0, 0, 1, 0, 0), 1),
    "theta": ((0, 0, 1, 0, 0, 0), -1),
    "carryRho": ((0, 0, 0, 0, 0, 1), 1),
    "vanna": ((1, 0, 0, 1, 0, 0), 1),
    "volga": ((0, 0, 0, 2, 0, 0), 1),
    "charm": ((1, 0, 1, 0, 0, 0), -1),
    "speed": ((3, 0, 0, 0, 0, 0), 1),
    "zomma": ((2, 0, 0, 1, 0, 0), 1),
    "dualDelta": ((0, 1, 0, 0, 0, 0), 1),
    "dualGamma": ((0, 2, 0, 0, 0, 0), 1),
}
rows = []
for i in range(24):
    right = "call" if i % 2 else "put"
    S = float(rng.uniform(20, 200))
    args = [S, float(S * exp(rng.normal() * 0.3)), float(rng.uniform(0.02, 3)), float(rng.uniform(0.05, 0.9)), float(rng.uniform(-0.02, 0.1)), float(rng.uniform(-0.05, 0.1))]
    at = tuple(map(exact, args))
    f = lambda *a: price(right, *a)
    greeks = {name: float(sign * diff(f, at, order)) for name, (order, sign) in DERIVATIVES.items()}
    greeks["price"] = float(f(*at))
    q = at[4] - at[5]
    greeks["rho"] = float(diff(lambda r: price(right, at[0], at[1], at[2], at[3], r, r - q), at[4]))
    rows.append({"right": right, "args": args, "greeks": greeks})
out["greeks"] = rows


# Heston and Bates by the two probabilities of Heston (1993), with 30 digits.
mp.dps = 30


def heston_call(S, K, T, r, q, m):
    k, th, xi, rho, v0 = (exact(m[n]) for n in ("kappa", "theta", "xi", "rho", "v0"))
    lam, jm, jd = (exact(m.get(n, 0)) for n in ("intensity", "jumpMean", "jumpDeviation"))
    S, K, T, r, q = map(exact, (S, K, T, r, q))
    kbar = exp(jm + jd * jd / 2) - 1

    def cf(u):
        i = mpc(0, 1)
        d = sqrt((k - rho * xi * i * u) ** 2 + xi**2 * (i * u + u * u))
        g = (k - rho * xi * i * u - d) / (k - rho * xi * i * u + d)
        C = (r - q) * i * u * T + k * th / xi**2 * ((k - rho * xi * i * u - d) * T - 2 * log((1 - g * exp(-d * T)) / (1 - g)))
        D = (k - rho * xi * i * u - d) / xi**2 * (1 - exp(-d * T)) / (1 - g * exp(-d * T))
        J = lam * T * (exp(i * u * jm - u * u * jd * jd / 2) - 1 - i * u * kbar)
        return exp(C + D * v0 + i * u * log(S) + J)

    def probability(shift):
        f = lambda u: (exp(-mpc(0, 1) * u * log(K)) * cf(u - mpc(0, shift)) / (mpc(0, 1) * u * (cf(mpc(0, -shift)) if shift else 1))).real
        return mpf(1) / 2 + quad(f, [mpf(10) ** -12, 1, 5, 10, 20, 40, 80, 160, 320, 640], maxdegree=8) / pi

    return float(S * exp(-q * T) * probability(1) - K * exp(-r * T) * probability(0))


rows = []
for i in range(10):
    model = {"kappa": float(rng.uniform(0.3, 4)), "theta": float(rng.uniform(0.01, 0.3)), "xi": float(rng.uniform(0.1, 0.9)), "rho": float(rng.uniform(-0.9, 0.5)), "v0": float(rng.uniform(0.01, 0.3))}
    if i % 2:
        model |= {"intensity": float(rng.uniform(0.1, 2)), "jumpMean": float(rng.uniform(-0.1, 0.05)), "jumpDeviation": float(rng.uniform(0.01, 0.15))}
    S, K, T, r, q = 100, float(rng.uniform(70, 140)), float(rng.uniform(0.25, 2)), float(rng.uniform(0, 0.06)), float(rng.uniform(0, 0.04))
    rows.append({"model": model, "args": [S, K, T, r, q], "call": heston_call(S, K, T, r, q, model)})
out["heston"] = rows

# GARCH and GJR by `arch`, on a simulated series that is stored with the answer.
n = 1500
z = rng.standard_t(6, n) / np.sqrt(6 / 4)
variance, returns = 1.0, []
for shock in z:
    e = np.sqrt(variance) * shock
    returns.append(round(0.0004 * 100 + e, 6))
    variance = 0.03 + (0.04 + 0.1 * (e < 0)) * e * e + 0.88 * variance
returns = np.array(returns)
fits = []
for kind, o in (("garch", 0), ("gjr", 1)):
    for mean in ("Constant", "Zero"):
        model = arch_model(returns, mean=mean, vol="GARCH", p=1, o=o, q=1, rescale=False)
        fit = model.fit(disp="off", options={"ftol": 1e-14, "maxiter": 2000})
        p = fit.params
        fits.append({
            "kind": kind, "mean": mean.lower(), "logLikelihood": float(fit.loglikelihood),
            "params": {"mean": float(p.get("mu", 0)), "omega": float(p["omega"]), "alpha": float(p["alpha[1]"]), "gamma": float(p.get("gamma[1]", 0)), "beta": float(p["beta[1]"])},
            "lastVariance": float(fit.conditional_volatility[-1] ** 2),
            "forecast": [float(v) for v in fit.forecast(horizon=5).variance.values[-1]],
        })
out["garch"] = {"returns": returns.tolist(), "fits": fits}

# HAR by least squares on the squares of those returns.
rv = returns**2
har = []
for h in (1, 5):
    X, y = [], []
    for t in range(21, n - h):
        X.append([1, rv[t], rv[t - 4 : t + 1].mean(), rv[t - 21 : t + 1].mean()])
        y.append(rv[t + 1 : t + 1 + h].mean())
    X, y = np.array(X), np.array(y)
    beta, rss, *_ = np.linalg.lstsq(X, y, rcond=None)
    inverse = np.linalg.inv(X.T @ X)
    har.append({"horizon": h, "coefficients": beta.tolist(), "variance": float(rss[0] / (len(y) - 4)), "rows": len(y), "inverseGram": inverse.ravel().tolist()})
out["har"] = har

path = Path(__file__).parent.parent / "quant.json"
path.write_text(json.dumps(out, indent=None, separators=(",", ":")) + "\n")
