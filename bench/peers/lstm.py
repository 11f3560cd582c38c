"""The LSTM step of bench/lstm.ts in PyTorch (eager, compiled) and JAX (jit). Times a round for each line read."""
import json
import os
import sys
import time

BATCH, STEPS = int(sys.argv[1]), int(sys.argv[2])
INPUTS, HIDDEN, CLASSES = 8, 64, 3
WHICH = os.environ.get("PEERS", "torch,compiled,jax").split(",")
ROUND_MS = 400


def timed(run):
    start = time.perf_counter()
    run()
    return 1000 * (time.perf_counter() - start)


def make_torch(threads, compiled):
    import torch
    from torch import nn

    torch.manual_seed(0)

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = nn.LSTM(INPUTS, HIDDEN, 2, batch_first=True)
            self.project, self.score = nn.Linear(HIDDEN, HIDDEN), nn.Linear(HIDDEN, 1, bias=False)
            self.head = nn.Sequential(nn.Linear(HIDDEN, 32), nn.ReLU(), nn.Linear(32, CLASSES))

        def forward(self, x):
            states, _ = self.lstm(x)
            share = torch.softmax(self.score(torch.tanh(self.project(states))), dim=1)
            return self.head((share * states).sum(dim=1))

    net = Net()
    x, y = torch.rand(BATCH, STEPS, INPUTS) * 2 - 1, torch.arange(BATCH) % CLASSES
    adam = torch.optim.Adam(net.parameters(), lr=1e-3)
    forward = torch.compile(net) if compiled else net

    def run():
        torch.set_num_threads(threads)
        adam.zero_grad()
        nn.functional.cross_entropy(forward(x), y).backward()
        adam.step()

    return run


def make_jax():
    import jax
    import jax.numpy as jnp

    keys = iter(jax.random.split(jax.random.PRNGKey(0), 12))

    def weight(*shape):
        return jax.random.uniform(next(keys), shape, minval=-1, maxval=1) / HIDDEN**0.5

    p = {
        "l0": (weight(INPUTS, 4 * HIDDEN), weight(HIDDEN, 4 * HIDDEN), jnp.zeros(4 * HIDDEN)),
        "l1": (weight(HIDDEN, 4 * HIDDEN), weight(HIDDEN, 4 * HIDDEN), jnp.zeros(4 * HIDDEN)),
        "attention": (weight(HIDDEN, HIDDEN), jnp.zeros(HIDDEN), weight(HIDDEN)),
        "head": (weight(HIDDEN, 32), jnp.zeros(32), weight(32, CLASSES), jnp.zeros(CLASSES)),
    }
    x = jax.random.uniform(next(keys), (STEPS, BATCH, INPUTS), minval=-1, maxval=1)
    y = jnp.arange(BATCH) % CLASSES

    def layer(w, x):
        wi, wh, b = w
        z = x @ wi + b

        def step(carry, zt):
            h, c = carry
            i, f, g, o = jnp.split(zt + h @ wh, 4, axis=1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
            return (h, c), h

        zero = jnp.zeros((x.shape[1], HIDDEN))
        return jax.lax.scan(step, (zero, zero), z)[1]

    def loss_of(p):
        h = layer(p["l1"], layer(p["l0"], x))
        w, b, v = p["attention"]
        share = jax.nn.softmax(jnp.tanh(h @ w + b) @ v, axis=0)
        w1, b1, w2, b2 = p["head"]
        z = jax.nn.relu((share[..., None] * h).sum(axis=0) @ w1 + b1) @ w2 + b2
        return -jax.nn.log_softmax(z)[jnp.arange(BATCH), y].mean()

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
