"""The hedging update of bench/hedge.ts in PyTorch (eager, compiled) and JAX (jit). Times a round for each line read."""
import json
import os
import sys
import time

PATHS = int(sys.argv[1])
STEPS, FEATURES, WIDTH = 60, 4, 64
WHICH = os.environ.get("PEERS", "torch,compiled,jax").split(",")
ROUND_MS = 400


def timed(run):
    start = time.perf_counter()
    run()
    return 1000 * (time.perf_counter() - start)


def make_torch(threads, compiled):
    import torch

    torch.manual_seed(0)
    layers = torch.nn.Sequential(
        torch.nn.Linear(FEATURES + 1, WIDTH), torch.nn.ReLU(), torch.nn.Linear(WIDTH, WIDTH), torch.nn.ReLU(),
        torch.nn.Linear(WIDTH, 1),
    )
    x = torch.rand(STEPS, PATHS, FEATURES) * 2 - 1
    change = 0.02 * (torch.rand(STEPS, PATHS) * 2 - 1)
    cost, payoff = torch.full((STEPS, PATHS), 0.001), torch.full((PATHS,), 0.03)
    adam = torch.optim.Adam(layers.parameters(), lr=1e-3)

    def loss_of():
        action, pnl = torch.zeros(PATHS), -payoff
        for t in range(STEPS):
            now = layers(torch.cat([x[t], action[:, None]], dim=1))[:, 0]
            pnl = pnl + now * change[t] - cost[t] * (now - action).abs()
            action = now
        return torch.exp(-pnl).mean()

    if compiled:
        loss_of = torch.compile(loss_of)

    def run():
        torch.set_num_threads(threads)
        adam.zero_grad()
        loss_of().backward()
        adam.step()

    return run


def make_jax():
    import jax
    import jax.numpy as jnp

    keys = jax.random.split(jax.random.PRNGKey(0), 5)
    widths = [FEATURES + 1, WIDTH, WIDTH, 1]
    p = [
        (jax.random.uniform(k, (a, b), minval=-1, maxval=1) / a**0.5, jnp.zeros(b))
        for k, a, b in zip(keys, widths, widths[1:])
    ]
    x = jax.random.uniform(keys[3], (STEPS, PATHS, FEATURES), minval=-1, maxval=1)
    change = 0.02 * jax.random.uniform(keys[4], (STEPS, PATHS), minval=-1, maxval=1)

    def loss_of(p):
        def step(carry, row):
            action, pnl = carry
            xt, dt = row
            h = jnp.concatenate([xt, action[:, None]], axis=1)
            for w, b in p[:-1]:
                h = jax.nn.relu(h @ w + b)
            now = (h @ p[-1][0] + p[-1][1])[:, 0]
            return (now, pnl + now * dt - 0.001 * jnp.abs(now - action)), None

        (_, pnl), _ = jax.lax.scan(step, (jnp.zeros(PATHS), jnp.full(PATHS, -0.03)), (x, change))
        return jnp.exp(-pnl).mean()

    @jax.jit
    def update(p, m, v, t):
        g = jax.grad(loss_of)(p)
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
        c1, c2 = 1 - 0.9**t, 1 - 0.999**t
        p = jax.tree.map(lambda p, m, v: p - 1e-3 * (m / c1) / (jnp.sqrt(v / c2) + 1e-8), p, m, v)
        return p, m, v

    zeros = jax.tree.map(jnp.zeros_like, p)
    state = [p, zeros, zeros, 0]

    def run():
        state[3] += 1
        state[:3] = update(*state[:3], float(state[3]))
        jax.block_until_ready(state[0])

    return run


runs = {}
for threads in (1, 2):
    if "torch" in WHICH:
        runs[f"torch eager, {threads}"] = make_torch(threads, False)
    if "compiled" in WHICH:
        runs[f"torch compiled, {threads}"] = make_torch(threads, True)
if "jax" in WHICH:
    runs["jax jit"] = make_jax()
reps = {}
for line in sys.stdin:
    out = {}
    for name, run in runs.items():
        if name not in reps:
            for _ in range(3):
                run()
            reps[name] = max(3, min(60, int(ROUND_MS / timed(run))))
        out[name] = [timed(run) for _ in range(reps[name])]
    print(json.dumps(out), flush=True)
