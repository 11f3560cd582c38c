"""The peer of bench/quant.ts: numpy and scipy on the same work. `python bench/peers/quant.py`"""
import time
import numpy as np
from scipy.stats import norm


def measure(what, work):
    best = min(timed(work) for _ in range(5))
    print(f"{what:52}{best * 1000:9.1f} ms")


def timed(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


rng = np.random.default_rng(3)
n = 200_000
strike, tau, vol = 60 + 80 * rng.random(n), 0.02 + rng.random(n), 0.08 + 0.6 * rng.random(n)


def black_scholes():
    s = vol * np.sqrt(tau)
    d1 = (np.log(100 / strike) + 0.02 * tau) / s + s / 2
    return 100 * norm.cdf(d1) - strike * np.exp(-0.02 * tau) * norm.cdf(d1 - s)


measure("200,000 Black-Scholes prices (scipy)", black_scholes)


def heston(paths=100_000, steps=60, dt=1 / 252, kappa=1.5, theta=0.04, xi=0.3, rho=-0.6, v0=0.04):
    spot, variance = np.empty((steps + 1, paths)), np.empty((steps + 1, paths))
    spot[0], variance[0] = 100, v0
    hidden = variance[0].copy()
    for t in range(steps):
        v = variance[t]
        z, own = rng.standard_normal(paths), rng.standard_normal(paths)
        noise = np.sqrt(v * dt)
        spot[t + 1] = spot[t] * np.exp(-0.5 * v * dt + noise * (rho * z + np.sqrt(1 - rho * rho) * own))
        hidden = hidden + kappa * (theta - v) * dt + xi * noise * z
        variance[t + 1] = np.maximum(hidden, 0)


measure("100,000 × 60 Heston, full truncation (numpy)", heston)

try:
    from arch import arch_model

    returns = 100 * 0.01 * rng.standard_normal(2500)
    measure("GARCH(1,1) of 2,500 returns (arch)", lambda: arch_model(returns, rescale=False).fit(disp="off"))
except ImportError:
    print("arch is not installed")
