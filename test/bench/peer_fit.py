# Others on the problem of a fit: scikit-learn's solvers at ever smaller tolerances, or the gradient descent that came with
# the paper. For each try one JSON object a line: wall seconds, and the certified error of what came out.
import itertools
import json
import sys
import time
import warnings

import numpy as np

warnings.filterwarnings("ignore")
folder, solver, dtype, targets, budget = sys.argv[1:6]
problem = json.load(open(f"{folder}/problem.json"))
n, d, classes, lam = (problem[key] for key in ("n", "d", "classes", "lambda"))
features = np.fromfile(f"{folder}/features.f32", np.float32).reshape(n, d)
labels = np.fromfile(f"{folder}/labels.i32", np.int32)
X = np.hstack([features, np.ones((n, 1), np.float32)]).astype(dtype)
block = 10000
patience = 3


def residuals_of(rows, own, weights):
    logits = rows @ weights
    residuals = np.exp(logits - logits.max(1, keepdims=True))
    residuals /= residuals.sum(1, keepdims=True)
    residuals[np.arange(len(rows)), own] -= 1
    return logits, residuals


def measure(weights):
    """Largest logit error of the representer sums over the rows, relative to the RMS logit (METHODS 7.2), in float64."""
    weights = weights.astype(np.float64)
    gradient, squares = 2 * lam * weights, 0.0
    for at in range(0, n, block):
        rows = X[at : at + block].astype(np.float64)
        logits, residuals = residuals_of(rows, labels[at : at + block], weights)
        gradient += rows.T @ residuals / n
        squares += (logits**2).sum()
    largest = max(np.abs(X[at : at + block].astype(np.float64) @ gradient).max() for at in range(0, n, block))
    return largest / (2 * lam) / np.sqrt(squares / (n * classes))


def report(seconds, weights):
    error = float(measure(weights))
    print(json.dumps({"seconds": seconds, "error": error if np.isfinite(error) else None}), flush=True)
    return error if np.isfinite(error) else np.inf


def with_sklearn():
    from sklearn.linear_model import LogisticRegression

    def attempt(half):
        model = LogisticRegression(
            C=1 / (2 * n * lam),
            multi_class="multinomial",
            solver=solver,
            fit_intercept=False,
            tol=n * 10 ** (-half / 2),
            max_iter=5000,
        )
        start = time.perf_counter()
        model.fit(X, labels)
        return report(time.perf_counter() - start, model.coef_.T)

    deadline = time.time() + float(budget)
    left = sorted((float(text) for text in targets.split(",")), reverse=True)
    best, in_vain = np.inf, 0
    # Decades of the mean gradient, from where an error of 1 % may begin, and the half decade before where one arrives;
    # scikit-learn's objective is the sum over the images.
    for half in range(9, 24, 2):
        error = attempt(half)
        if left and error <= left[0]:
            attempt(half - 1)
        left = [target for target in left if error > target]
        # A step of Newton's may serve several tolerances at once, so one try in vain is no stall.
        in_vain = 0 if error < 0.9 * best else in_vain + 1
        best = min(best, error)
        if not left or in_vain == patience or time.time() > deadline:
            return


def with_gradient_descent():
    """
    METHODS 1.3: full batch, a step of 10 halved until it descends. Reported where its own rule ends it, at a 200th of the
    first mean gradient, and once more where it arrives at the largest target or the budget is over.
    """
    target = max(float(text) for text in targets.split(","))
    one_hot = np.eye(classes, dtype=dtype)[labels]

    def evaluate(weights):
        logits = X @ weights
        logits -= logits.max(1, keepdims=True)
        log_total = np.log(np.exp(logits).sum(1, keepdims=True))
        value = ((log_total - logits) * one_hot).sum() / n + lam * (weights**2).sum()
        return value, np.exp(logits - log_total)

    start, measuring = time.perf_counter(), 0.0
    weights = np.zeros((d + 1, classes), dtype)
    best, smallest, first, has_ended = weights, np.inf, None, False
    value, probabilities = evaluate(weights)
    for turn in itertools.count(1):
        gradient = X.T @ (probabilities - one_hot) / n + 2 * lam * weights
        size = np.abs(gradient).mean()
        first = first or size
        if size < smallest:
            best, smallest = weights, size
        spent = time.perf_counter() - start - measuring
        if not has_ended and (size < first / 200 or turn == 3000):
            has_ended = True
            if report(spent, best) <= target:
                return
            measuring = time.perf_counter() - start - spent
        if has_ended and turn % 50 == 0:
            if spent > float(budget) or measure(best) <= target:
                report(spent, best)
                return
            measuring = time.perf_counter() - start - spent
        step, square = 10.0, (gradient**2).sum()
        while step > 1e-10:
            next_weights = weights - dtype(step) * gradient
            next_value, next_probabilities = evaluate(next_weights)
            if next_value - value + step * square / 2 < 0:
                break
            step /= 2
        weights, value, probabilities = next_weights, next_value, next_probabilities


if solver == "descent":
    dtype = np.float32
    with_gradient_descent()
else:
    with_sklearn()
