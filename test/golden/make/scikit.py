"""Golden values of scikit-learn for forecast metrics, calibration and linear models:
`python test/golden/make/scikit.py` (scikit-learn 1.9, numpy)."""

import json
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn import metrics as m
from sklearn.calibration import _SigmoidCalibration, calibration_curve
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler

warnings.simplefilter("ignore")
rng = np.random.default_rng(1973)
out = {"sklearn": sklearn.__version__, "classes": [], "numbers": {}}


def listed(a):
    return np.asarray(a, dtype=float).ravel().tolist()


for k in (2, 3):
    n = 120
    y = rng.integers(0, k, n)
    z = rng.normal(size=(n, k)) + 0.8 * np.eye(k)[y]
    # Rounded scores, so that there are ties.
    z = np.round(z, 1)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    w = rng.integers(0, 4, n).astype(float)
    entry = {"k": k, "values": listed(p), "target": listed(y), "weight": listed(w), "plain": {}, "weighted": {}}
    named = p.argmax(axis=1)
    for name, sw in (("plain", None), ("weighted", w)):
        s = entry[name]
        s["accuracy"] = m.accuracy_score(y, named, sample_weight=sw)
        s["balancedAccuracy"] = m.balanced_accuracy_score(y, named, sample_weight=sw)
        s["macroF1"] = m.f1_score(y, named, average="macro", sample_weight=sw)
        s["mcc"] = m.matthews_corrcoef(y, named, sample_weight=sw)
        s["logLoss"] = m.log_loss(y, p, sample_weight=sw)
        s["confusion"] = listed(m.confusion_matrix(y, named, sample_weight=sw))
        if k == 2:
            s["brier"] = m.brier_score_loss(y, p[:, 1], sample_weight=sw)
            s["auc"] = m.roc_auc_score(y, p[:, 1], sample_weight=sw)
            s["averagePrecision"] = m.average_precision_score(y, p[:, 1], sample_weight=sw)
        else:
            s["brier"] = m.brier_score_loss(y, p, sample_weight=sw, scale_by_half=False)
            s["auc"] = m.roc_auc_score(y, p, multi_class="ovr", average="macro", sample_weight=sw)
            s["averagePrecision"] = m.average_precision_score(np.eye(k)[y], p, average="macro", sample_weight=sw)
    if k == 3:
        entry["plain"]["aucPairwise"] = m.roc_auc_score(y, p, multi_class="ovo", average="macro")
    else:
        precision, recall, thresholds = m.precision_recall_curve(y, p[:, 1], drop_intermediate=False)
        entry["curve"] = {"precision": listed(precision[:-1]), "recall": listed(recall[:-1]), "thresholds": listed(thresholds)}
        for strategy in ("uniform", "quantile"):
            happened, forecast = calibration_curve(y, p[:, 1], n_bins=5, strategy=strategy)
            entry[strategy] = {"happened": listed(happened), "forecast": listed(forecast)}
        iso = IsotonicRegression(out_of_bounds="clip").fit(p[:, 1], y)
        grid = np.linspace(0, 1, 41)
        entry["grid"] = listed(grid)
        entry["isotonic"] = listed(iso.predict(grid))
        odds = np.log(p[:, 1] / (1 - p[:, 1]))
        platt = _SigmoidCalibration().fit(odds, y)
        inner = grid[1:-1]
        entry["plattGrid"] = listed(inner)
        entry["platt"] = listed(platt.predict(np.log(inner / (1 - inner))))
    out["classes"].append(entry)

y = rng.normal(size=60)
f = y + 0.5 * rng.normal(size=60)
w = rng.integers(0, 4, 60).astype(float)
out["numbers"] = {
    "target": listed(y),
    "values": listed(f),
    "weight": listed(w),
    "rmse": m.root_mean_squared_error(y, f, sample_weight=w),
    "mae": m.mean_absolute_error(y, f, sample_weight=w),
    "bias": float(np.mean(f - y)),
}

x = rng.normal(size=(150, 4)) * [1, 10, 0.1, 3] + [0, 50, 2, -1]
test = rng.normal(size=(10, 4)) * [1, 10, 0.1, 3] + [0, 50, 2, -1]
w = rng.integers(1, 4, 150).astype(float)
signal = x[:, 0] + (x[:, 1] - 50) / 10 * 0.7 - 5 * (x[:, 2] - 2) + rng.normal(size=150)
scaler = StandardScaler().fit(x)
linear = {"features": listed(x), "test": listed(test), "weight": listed(w), "signal": listed(signal), "fits": []}
for k, borders in ((2, [0.3]), (3, [-0.7, 0.8])):
    y = np.digitize(signal, borders)
    for c in (1.0, 0.05):
        fit = LogisticRegression(C=c, tol=1e-12, max_iter=10000).fit(scaler.transform(x), y, sample_weight=w)
        linear["fits"].append(
            {"k": k, "l2": 1 / c, "target": listed(y), "outputs": listed(fit.predict_proba(scaler.transform(test)))}
        )
ridge = Ridge(alpha=2.5).fit(scaler.transform(x), signal, sample_weight=w)
linear["ridge"] = {"l2": 2.5, "outputs": listed(ridge.predict(scaler.transform(test)))}
out["linear"] = linear

path = pathlib.Path(__file__).resolve().parent.parent / "scikit.json"
path.write_text(json.dumps(out, separators=(",", ":")))
