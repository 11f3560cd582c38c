"""The peer of bench/trees.ts, started by it: XGBoost on the same rows. `python bench/peers/trees.py FILE ROWS FEATURES`

FILE holds float32 features, row by row, then int32 classes. For each line `threads` on standard input it trains once
and answers `milliseconds cpu-milliseconds training-log-loss`.
"""

import sys
import time

import numpy as np
import xgboost as xgb

path, n, k = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
raw = np.fromfile(path, dtype=np.float32)
x = raw[: n * k].reshape(n, k)
y = raw[n * k :].view(np.int32)

for line in sys.stdin:
    params = {
        "objective": "multi:softprob",
        "num_class": 3,
        "tree_method": "hist",
        "max_depth": 5,
        "eta": 0.3,
        "nthread": int(line),
    }
    cpu, start = time.process_time(), time.perf_counter()
    d = xgb.DMatrix(x, y, nthread=int(line))
    booster = xgb.train(params, d, 200)
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    p = booster.predict(d)[np.arange(n), y]
    print(wall * 1000, cpu * 1000, float(-np.log(p).mean()), flush=True)
