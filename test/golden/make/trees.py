"""Golden values of XGBoost for boosted trees: `python test/golden/make/trees.py` (xgboost 3.0, numpy).

Writes trees.json: models that XGBoost trained and saved, with its margins, outputs and contributions; training
runs on coarse features, where every cut is exact; and what XGBoost says of the file that this project wrote
(trees-ours.model.json, by `node --conditions=source --import tsx test/golden/make/trees-ours.ts`).
"""

import json
import pathlib

import numpy as np
import xgboost as xgb

HERE = pathlib.Path(__file__).resolve().parent.parent
rng = np.random.default_rng(20240628)


def listed(array):
    return [None if np.isnan(v) else float(v) for v in np.asarray(array, dtype=np.float64).ravel()]


def rows(n, k, missing=0.0, coarse=False):
    x = rng.normal(size=(n, k)).astype(np.float32)
    if coarse:
        x = np.round(x * 4) / 4
    if missing > 0:
        x[rng.random((n, k)) < missing] = np.nan
    return x


def score(x):
    z = np.nan_to_num(x, nan=0.3)
    return z[:, 0] + 0.6 * z[:, 1] * z[:, 2] + np.sin(2 * z[:, 3])


def target(objective, x):
    s = score(x) + 0.5 * rng.normal(size=len(x))
    if objective == "multi:softprob":
        return np.digitize(s, [-0.5, 0.6]).astype(float)
    if objective == "binary:logistic":
        return (s > 0.4).astype(float)
    return s


def saved(booster):
    return json.loads(bytes(booster.save_raw(raw_format="json")))


out = {"xgboost": xgb.__version__, "models": [], "training": []}

for objective, missing, names in [
    ("multi:softprob", 0.0, ["a", "b", "c", "d", "e"]),
    ("binary:logistic", 0.15, None),
    ("reg:squarederror", 0.15, None),
]:
    x = rows(150, 5, missing)
    y = target(objective, x)
    params = {"objective": objective, "max_depth": 4, "eta": 0.3, "tree_method": "hist"}
    if objective == "multi:softprob":
        params["num_class"] = 3
    d = xgb.DMatrix(x, y, feature_names=names)
    booster = xgb.train(params, d, 6)
    test = rows(25, 5, missing)
    t = xgb.DMatrix(test, feature_names=names)
    out["models"].append(
        {
            "objective": objective,
            "file": saved(booster),
            "features": listed(test),
            "outputs": listed(booster.predict(t)),
            "margins": listed(booster.predict(t, output_margin=True)),
            "contributions": listed(booster.predict(t, pred_contribs=True)),
            "gain": booster.get_score(importance_type="total_gain"),
            "cover": booster.get_score(importance_type="total_cover"),
            "splits": booster.get_score(importance_type="weight"),
        }
    )

for objective, missing, params in [
    ("multi:softprob", 0.0, {}),
    ("multi:softprob", 0.1, {"gamma": 0.4, "reg_alpha": 0.3, "reg_lambda": 2.0, "min_child_weight": 3}),
    ("binary:logistic", 0.1, {"gamma": 0.2, "min_child_weight": 2}),
    ("binary:logistic", 0.0, {"reg_alpha": 0.5, "reg_lambda": 0.0, "min_child_weight": 1}),
    ("reg:squarederror", 0.1, {"gamma": 1.0, "reg_alpha": 0.2, "min_child_weight": 5}),
]:
    x = rows(300, 6, missing, coarse=True)
    y = target(objective, x)
    weight = np.round(0.5 + rng.random(300), 2)
    base = {"multi:softprob": 0.5}.get(objective, float(np.float32(np.average(y, weights=weight))))
    full = {
        "objective": objective,
        "max_depth": 4,
        "eta": 0.2,
        "tree_method": "hist",
        "base_score": base,
        **params,
    }
    if objective == "multi:softprob":
        full["num_class"] = 3
    d = xgb.DMatrix(x, y, weight=weight)
    booster = xgb.train(full, d, 15)
    out["training"].append(
        {
            "objective": objective,
            "params": params,
            "features": listed(x),
            "target": listed(y),
            "weight": listed(weight),
            "outputs": listed(booster.predict(d)),
        }
    )

ours = HERE / "trees-ours.model.json"
if ours.exists():
    booster = xgb.Booster(model_file=str(ours))
    x = json.loads((HERE / "trees-ours.rows.json").read_text())
    d = xgb.DMatrix(
        np.array([np.nan if v is None else v for v in x["features"]]).reshape(-1, len(x["names"])),
        feature_names=x["names"],
    )
    out["ours"] = {
        "outputs": listed(booster.predict(d)),
        "contributions": listed(booster.predict(d, pred_contribs=True)),
    }

(HERE / "trees.json").write_text(json.dumps(out, separators=(",", ":")))
