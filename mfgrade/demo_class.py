"""The simulated class of `make demo`: what each student hands in. None of them is a person."""

from dataclasses import dataclass

import nbformat

from mfgrade.demo_mistakes import CLASSIC

SOLUTION = "### BEGIN SOLUTION"

# Wrong answers as people write them, by exercise. Whoever is given one hands in the right answer to everything else.
CLASSIC = {
    "rating_matrix": """
def rating_matrix(ratings):
    return ratings.pivot_table(index="user_id", columns="item_id", values="rating").fillna(0)
""",
    "sparsity": """
def sparsity(users, items, n_users, n_items):
    return len(users) / (n_users * n_items)
""",
    "random_split": """
def random_split(n_ratings, test_fraction, rng):
    order = rng.permutation(n_ratings)
    n_test = int(n_ratings * test_fraction)
    return order[n_test:], order[:n_test]
""",
    "squared_error": """
def squared_error(users, items, ratings, P, Q):
    R = np.zeros((len(P), len(Q)))
    R[users, items] = ratings
    return float(((R - P @ Q.T) ** 2).sum())
""",
    "loss_gradient": """
def loss_gradient(users, items, ratings, P, Q, reg):
    errors = ratings - (P[users] * Q[items]).sum(axis=1)
    dP, dQ = 2 * reg * P, 2 * reg * Q
    dP[users] += -2 * errors[:, None] * Q[items]
    dQ[items] += -2 * errors[:, None] * P[users]
    return dP, dQ
""",
    "sgd_step": """
def sgd_step(P, Q, u, i, r, lr, reg):
    p = P[u]
    e = r - p @ Q[i]
    P[u] += lr * (e * Q[i] - reg * P[u])
    Q[i] += lr * (e * p - reg * Q[i])
    return e
""",
    "sgd_epoch": """
def sgd_epoch(P, Q, users, items, ratings, lr, reg, rng):
    errors = [sgd_step(P, Q, u, i, r, lr, reg) for u, i, r in zip(users, items, ratings)]
    return np.sqrt(np.mean(np.square(errors)))
""",
    "damped_means": """
def damped_means(users, items, ratings, n_users, n_items, damping):
    mu = ratings.mean()
    b_user, b_item = np.zeros(n_users), np.zeros(n_items)
    for u in range(n_users):
        if (users == u).any():
            b_user[u] = ratings[users == u].mean() - mu
    for i in range(n_items):
        if (items == i).any():
            b_item[i] = ratings[items == i].mean() - mu
    return mu, b_user, b_item
""",
    "biased_sgd_step": """
def biased_sgd_step(mu, b_user, b_item, P, Q, u, i, r, lr, reg):
    e = r - (mu + b_user[u] + b_item[i] + P[u] @ Q[i])
    b_user[u] += lr * (e - reg * b_user[u])
    b_item[i] += lr * (e - reg * b_item[i])
    P[u] += lr * (e * Q[i] - reg * P[u])
    Q[i] += lr * (e * P[u] - reg * Q[i])
    return e
""",
    "precision_at_k": """
def precision_at_k(recommended, relevant, k):
    shown = recommended[:k]
    return len(set(shown) & set(relevant)) / len(shown)
""",
    "ndcg_at_k": """
def ndcg_at_k(recommended, relevant, k):
    gains = [1.0 if item in relevant else 0.0 for item in recommended[:k]]
    discounts = 1 / np.log2(np.arange(2, len(gains) + 2))
    ideal = (np.sort(gains)[::-1] * discounts).sum()
    return float((gains * discounts).sum() / ideal) if ideal > 0 else float("nan")
""",
    "unseen_items": """
def unseen_items(user, users, items, n_items):
    return items[users != user]
""",
    "recommend_from_neighbours": """
def recommend_from_neighbours(user, predicted, known, n_neighbours, n=10):
    norms = np.linalg.norm(predicted, axis=1)
    similarity = predicted @ predicted[user] / (norms * norms[user])
    similarity[user] = -np.inf
    neighbours = np.argsort(-similarity)[:n_neighbours]
    scores = similarity[neighbours] @ predicted[neighbours]
    scores[known[user]] = -np.inf
    best = np.argsort(-scores)[:n]
    best = best[np.isfinite(scores[best])]
    return best, scores[best]
""",
    "cosine_similarity": """
def cosine_similarity(A):
    norms = np.linalg.norm(A, axis=1)
    return A @ A.T / np.outer(norms, norms)
""",
    "similar_items": """
def similar_items(Q, item, n, measure):
    measures = {"cosine": cosine_similarity, "euclidean": euclidean_similarity, "pearson": pearson_similarity}
    similarities = measures[measure](Q)[item]
    items = np.argsort(-similarities)[1 : n + 1]
    return items, similarities[items]
""",
    "solve_user": """
def solve_user(Q, items, ratings, reg):
    return np.linalg.solve(Q.T @ Q + reg * np.eye(Q.shape[1]), Q[items].T @ ratings)
""",
    "als_sweep": """
def als_sweep(P, Q, users, items, ratings, reg):
    old = P.copy()
    for u in range(len(P)):
        P[u] = solve_user(Q, items[users == u], ratings[users == u], reg)
    for i in range(len(Q)):
        Q[i] = solve_user(old, users[items == i], ratings[items == i], reg)
    return np.sqrt(np.mean((ratings - (P[users] * Q[items]).sum(axis=1)) ** 2))
""",
    "impute": """
def impute(R, how):
    filled = np.nan_to_num(R)
    if how == "zero":
        return filled
    means = {"global_mean": filled.mean(), "user_mean": filled.mean(axis=1, keepdims=True), "item_mean": filled.mean(axis=0)}
    if how not in means:
        raise ValueError(f"{how} is none of zero, {', '.join(means)}")
    return np.where(np.isnan(R), means[how], R)
""",
    "factors_from_svd": """
def factors_from_svd(U, s, Vt, k):
    return U[:, :k] * s[:k], Vt[:k].T
""",
    "solve_user_implicit": """
def solve_user_implicit(Q, YtY, items, counts, alpha, reg):
    q = Q[items]
    weights = 1 + alpha * counts
    return np.linalg.solve(YtY + (q.T * weights) @ q + reg * np.eye(Q.shape[1]), weights @ q)
""",
    "confidence": """
def confidence(counts, alpha):
    return alpha * counts
""",
    "fold_in_user": """
def fold_in_user(Q, items, ratings, reg):
    row = np.zeros(len(Q))
    row[items] = ratings
    return np.linalg.solve(Q.T @ Q + reg * np.eye(Q.shape[1]), Q.T @ row)
""",
    "genre_factors": """
def genre_factors(Q, genres, reg):
    return genres.T @ Q / genres.sum(axis=0)[:, None]
""",
    "onboarding_items": """
def onboarding_items(Q, known, n, reg):
    score = known * (Q**2).sum(axis=1) / reg
    return np.argsort(-score, kind="stable")[:n]
""",
    "time_bins": """
def time_bins(timestamps, n_bins):
    width = (timestamps.max() - timestamps.min()) / n_bins or 1
    return ((timestamps - timestamps.min()) / width).astype(int)
""",
    "user_drift": """
def user_drift(users, times, residuals, n_users, reg):
    slope, centre = np.zeros(n_users), np.zeros(n_users)
    for u in range(n_users):
        t, r = times[users == u], residuals[users == u]
        if len(t):
            centre[u] = t.mean()
            below = (t**2).sum() + reg
            slope[u] = (t * r).sum() / below if below > 0 else 0
    return slope, centre
""",
    "save_model": """
def save_model(path, model):
    np.savez(path, format="mf-course", version=1, **model)
""",
    "load_model": """
def load_model(path):
    with np.load(path, allow_pickle=True) as file:
        return {name: file[name] for name in ("mu", "b_user", "b_item", "P", "Q", "user_ids", "item_ids")}
""",
    "early_stopping_fit": """
def early_stopping_fit(train, validation, n_users, n_items, n_factors, lr, reg, max_epochs, patience, rng):
    P, Q = init_factors(n_users, n_items, n_factors, rng)
    history, best = [], 0
    for epoch in range(max_epochs):
        sgd_epoch(P, Q, *train, lr, reg, rng)
        users, items, ratings = validation
        history.append(rmse(ratings, (P[users] * Q[items]).sum(axis=1)))
        if epoch == 0 or history[epoch] < history[best]:
            best, kept = epoch, (P, Q)
        elif epoch - best == patience:
            break
    return *kept, best, history
""",
    "explain_prediction": """
def explain_prediction(mu, b_u, b_item, p, Q, rated, i, n):
    order = np.argsort(-(Q[rated] @ Q[i]))[:n]
    return np.array([mu, b_u, b_item[i], p @ Q[i]]), np.array(rated)[order]
""",
}
ENDLESS = "    while True:\n        pass"


@dataclass(frozen=True)
class Simulated:
    """One simulated student: `write(exercise_name, n, solved, released)` → the text of the n-th solution cell handed in."""

    id: str
    about: str
    write: object


def right(name, n, solved, released):
    return solved


def prints_and_warns(name, n, solved, released):
    """The right answer with a warning and a print at the start of the body, behind the docstring."""
    if not solved.startswith("def "):
        return solved
    lines = solved.split("\n")
    closing = next(k for k, line in enumerate(lines) if line.rstrip().endswith('"""') and (k > 1 or line.count('"""') == 2))
    noise = ["    import warnings", "", '    warnings.warn("still here")', '    print("working on it")']
    return "\n".join(lines[: closing + 1] + noise + lines[closing + 1 :])


def classic(*names):
    return lambda name, n, solved, released: CLASSIC[name].strip() if name in names else solved


def not_attempted(name, n, solved, released):
    return released


def first_half_only(name, n, solved, released):
    return solved if n < 2 else released


def syntax_error(name, n, solved, released):
    return solved.replace("):", ")", 1) if n == 1 else solved


def endless_loop(name, n, solved, released):
    return released.replace("    # YOUR CODE HERE\n    raise NotImplementedError()", ENDLESS) if n == 1 else solved


CLASS = (
    Simulated("simulated-1", "all right", right),
    Simulated("simulated-2", "right, prints and warns", prints_and_warns),
    Simulated(
        "simulated-3",
        "classic mistakes",
        classic(
            "rating_matrix",
            "squared_error",
            "sgd_step",
            "damped_means",
            "precision_at_k",
            "unseen_items",
            "cosine_similarity",
            "solve_user",
            "impute",
            "solve_user_implicit",
            "time_bins",
            "backward",
            "two_proportion_test",
            "false_positive_rate_when_peeking",
            "save_model",
            "early_stopping_fit",
        ),
    ),
    Simulated(
        "simulated-4",
        "more classic mistakes",
        classic(
            "sparsity",
            "random_split",
            "loss_gradient",
            "sgd_epoch",
            "biased_sgd_step",
            "ndcg_at_k",
            "recommend_from_neighbours",
            "similar_items",
            "als_sweep",
            "factors_from_svd",
            "confidence",
            "fold_in_user",
            "genre_factors",
            "onboarding_items",
            "user_drift",
            "adam_step",
            "assign_variant",
            "sample_size",
            "load_model",
            "explain_prediction",
        ),
    ),
    Simulated("simulated-5", "not attempted", not_attempted),
    Simulated("simulated-6", "a syntax error", syntax_error),
    Simulated("simulated-7", "an endless loop", endless_loop),
    Simulated("simulated-8", "the first half only", first_half_only),
)


def submission(student, released, source):
    """→ the notebook that the student hands in, made from the released one."""
    notebook = nbformat.from_dict(released)
    solutions = {_id(cell): _solved(cell.source) for cell in source.cells if SOLUTION in cell.source}
    n = 0
    for cell in notebook.cells:
        if _id(cell) not in solutions:
            continue
        if cell.cell_type == "markdown":
            if student.write is not not_attempted:
                cell.source = "An answer of the simulated student."
            continue
        cell.source = student.write(_id(cell).removesuffix("-solution"), n, solutions[_id(cell)], cell.source)
        n += 1
    return notebook


def _id(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def _solved(source):
    return "\n".join(line for line in source.split("\n") if line.strip() not in (SOLUTION, "### END SOLUTION"))
