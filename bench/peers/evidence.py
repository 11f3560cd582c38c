"""The peer of bench/evidence.ts: arch's stationary bootstrap and StepM on the same sizes.

    python bench/peers/evidence.py
"""
import time

import numpy as np
from arch.bootstrap import StationaryBootstrap, StepM, optimal_block_length

DAYS = 2520
rng = np.random.default_rng(1)
returns = 0.0004 + 0.01 * rng.standard_normal(DAYS)


def five_metrics(r):
    wealth = np.cumprod(1 + r)
    peak = np.maximum.accumulate(np.maximum(wealth, 1))
    deviation = r.std(ddof=1)
    worst = np.partition(r, DAYS // 20)[: DAYS // 20]
    return np.array(
        [
            r.mean() / deviation * np.sqrt(252),
            wealth[-1] ** (252 / DAYS) - 1,
            deviation * np.sqrt(252),
            (wealth / peak - 1).min(),
            worst.mean(),
        ]
    )


started = time.perf_counter()
block = max(1, optimal_block_length(returns)["stationary"].iloc[0])
StationaryBootstrap(block, returns, seed=1).conf_int(five_metrics, reps=10_000, method="basic")
print(f"bootstrap: 10,000 resamples × 10 years daily × 5 metrics: {time.perf_counter() - started:.2f} s")

losses = 0.01 * rng.standard_normal((DAYS, 1000))
started = time.perf_counter()
StepM(np.zeros(DAYS), losses, block_size=2, reps=2000, bootstrap="stationary", seed=1).compute()
print(f"StepM: 2,000 resamples × 1,000 streams × 2,520 days: {time.perf_counter() - started:.2f} s")
