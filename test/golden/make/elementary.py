"""Golden values of the elementary functions: 50-digit arithmetic (mpmath), arguments exact doubles."""
import json, random, struct
from pathlib import Path
from mpmath import mp, mpf, exp, expm1, log, log1p, tanh, erf, erfc, sin, cos

mp.dps = 60
random.seed(20)


def uniform(a, b, n):
    return [random.uniform(a, b) for _ in range(n)]


def spread(a, b, n):
    return [random.choice([-1, 1]) * 10 ** random.uniform(a, b) for _ in range(n)]


def positive(xs):
    return [abs(x) for x in xs]


cases = {
    "exp": (exp, uniform(-745, 709, 120) + uniform(-1, 1, 80) + spread(-12, 0, 30) + [0.34657359, 709.78]),
    "expm1": (expm1, uniform(-40, 60, 100) + uniform(-1.5, 1.5, 150) + spread(-15, 0, 50)),
    "log": (log, positive(spread(-300, 300, 80)) + uniform(0.5, 2, 150) + uniform(0.999, 1.001, 50) + [5e-324]),
    "log1p": (log1p, uniform(-0.999, 3, 150) + spread(-16, -0.01, 120) + positive(spread(0, 100, 30))),
    "tanh": (tanh, uniform(-3, 3, 200) + spread(-10, 1.3, 100)),
    "erf": (erf, uniform(-6, 6, 150) + uniform(-1.2, 1.2, 100) + spread(-10, 0, 30)),
    "erfc": (erfc, uniform(-6, 6, 150) + uniform(0, 27, 150) + uniform(0.3, 1.4, 100)),
    "sin": (sin, uniform(-10, 10, 150) + spread(-8, 6, 100)),
    "cos": (cos, uniform(-10, 10, 150) + spread(-8, 6, 100)),
}
out = {}
for name, (f, xs) in cases.items():
    rows = []
    for x in xs:
        value = f(mpf(x))
        near = float(value)
        # The value as the nearest double and what is left, so that half a unit is measured too.
        rows.append([x, near, float(value - mpf(near))])
    out[name] = rows
path = Path(__file__).parent.parent / "elementary.json"
path.write_text(json.dumps(out).replace("]], ", "]],\n") + "\n")
