"""genre_factors: a vector for each genre, so that a film's genres add up to its own vector."""

import numpy as np

from mfcheck.exercise import Exercise, group, mistake
from mfref import cold_start


def problem(rng, n_items, n_genres, n_factors, reg, unused=()):
    """Every film has one to three genres, every genre at least two films, but for the genres named as unused."""
    used = np.setdiff1d(range(n_genres), unused)
    genres = np.zeros((n_items, n_genres))
    for i in range(n_items):
        genres[i, rng.choice(used, min(len(used), 1 + i % 3), replace=False)] = 1
    for row, g in enumerate(np.tile(used, 2)):
        genres[row % n_items, g] = 1
    return {"Q": rng.normal(0.4, 1, (n_items, n_factors)), "genres": genres, "reg": reg}


@group("the law: (XᵀX + reg I)⁻¹ XᵀQ with X the genres of the films", points=2)
def genres_in_common(rng):
    """Three films by hand; then more factors than genres, as many, fewer; little and much regularization."""
    yield {"Q": np.array([[1.0, 0.0], [2.0, 2.0], [0.0, 1.0]]), "genres": np.array([[1.0, 0], [1, 1], [0, 1]]), "reg": 1.0}
    yield problem(rng, 8, 3, 5, 2.0)
    yield problem(rng, 9, 4, 4, 0.5)
    yield problem(rng, 12, 5, 2, 3)


@group("genres without films, and films without genres", points=1)
def gaps(rng):
    """A genre that no film has, at the end and at the beginning; films whose row is all zeros."""
    yield problem(rng, 7, 3, 2, 1.5, unused=[2])
    arguments = problem(rng, 9, 5, 3, 0.8, unused=[0, 3])
    yield {**arguments, "genres": arguments["genres"] * (np.arange(9) % 4 > 0)[:, None]}


def ridge(X, Y, reg):
    return np.linalg.solve(X.T @ X + reg * np.eye(X.shape[1]), X.T @ Y)


@mistake(
    title="Each genre got the mean of its films",
    message="The vectors of all films of a genre were averaged. A film that is both a comedy and a romance then counts wholly in both, and when their vectors are added up "
    "again, what the two share comes in twice.",
    next_step="Ask for all genres at once which vectors **add up** to the films' own: a regression of Q on the genres.",
    also=(
        lambda Q, genres, reg: np.divide(
            genres.T @ Q,
            genres.sum(axis=0)[:, None],
            out=np.zeros((genres.shape[1], Q.shape[1])),
            where=genres.any(axis=0)[:, None],
        ),
    ),
)
def mean_of_each_genre(Q, genres, reg):
    return genres.T @ Q / genres.sum(axis=0)[:, None]


@mistake(
    title="Each genre was fitted by itself",
    message="The sum over a genre's films was divided by their number + reg. That would be right if every film had one genre. Where genres share films, one genre's vector "
    "depends on the others': together they must add up to the film.",
    next_step="XᵀX has numbers beside its diagonal: the films that two genres share. Use the whole matrix.",
)
def each_genre_alone(Q, genres, reg):
    return genres.T @ Q / (genres.sum(axis=0) + reg)[:, None]


@mistake(
    title="The regularization is missing",
    message="This is plain least squares. A genre with two films then says as much as one with two hundred, and a genre without films cannot be solved for.",
    next_step="Add reg times the identity matrix to XᵀX.",
    also=(
        lambda Q, genres, reg: np.linalg.solve(genres.T @ genres, genres.T @ Q),
        lambda Q, genres, reg: np.linalg.inv(genres.T @ genres) @ genres.T @ Q,
        lambda Q, genres, reg: ridge(genres, Q, 1e-8),
    ),
)
def reg_forgotten(Q, genres, reg):
    return np.linalg.pinv(genres) @ Q


@mistake(
    title="The regression goes the wrong way round",
    message="The genres were explained by the factors. Asked for are the factors, explained by the genres: of a new film the genres are known, and the factors are wanted.",
    next_step="The genres are X, what is known; Q is what they should add up to.",
    also=(lambda Q, genres, reg: ridge(Q, genres, reg).T,),
)
def wrong_way_round(Q, genres, reg):
    return ridge(Q, genres, reg)


@mistake(
    title="The genres of a film share it evenly",
    message="Each row was divided by the film's number of genres. Then a film's vector would be the mean of its genres' vectors. In the model they add up: each genre "
    "counts in full.",
    next_step="Use the 0 and 1 of `genres` as they are.",
)
def divided_by_number_of_genres(Q, genres, reg):
    return ridge(genres / np.maximum(genres.sum(axis=1, keepdims=True), 1), Q, reg)


@mistake(
    title="There is an intercept",
    message="A common vector for all films was fitted, too, or the mean film was taken off. This model has none: a new film without any genre stands at the origin, and "
    "prediction adds genre vectors only.",
    next_step="Fit Q itself by the genres alone.",
    also=(
        lambda Q, genres, reg: ridge(genres - genres.mean(axis=0), Q - Q.mean(axis=0), reg),
        lambda Q, genres, reg: ridge(np.column_stack([np.ones(len(Q)), genres]), Q, reg),
        lambda Q, genres, reg: ridge(np.column_stack([np.ones(len(Q)), genres]), Q, reg)[1:],
        lambda Q, genres, reg: ridge(np.column_stack([genres, np.ones(len(Q))]), Q, reg),
    ),
)
def intercept_added(Q, genres, reg):
    return ridge(genres, Q - Q.mean(axis=0), reg)


@mistake(
    title="The penalty grows with the number of films",
    message="reg was multiplied by a number of films, or XᵀX was divided by it. Here reg counts once: a genre with many films should hardly feel it.",
    next_step="Add `reg` to the diagonal, and take sums, not means.",
    also=(lambda Q, genres, reg: np.linalg.solve(genres.T @ genres + np.diag(reg * genres.sum(axis=0)), genres.T @ Q),),
)
def reg_per_film(Q, genres, reg):
    return ridge(genres, Q, reg * len(Q))


@mistake(
    title="reg is added to every entry",
    message="`XᵀX + reg` adds the number to all entries of the matrix. Beside the diagonal it punishes genres for having films in common.",
    next_step="Multiply reg by `np.eye(…)` first.",
)
def reg_everywhere(Q, genres, reg):
    return np.linalg.solve(genres.T @ genres + reg, genres.T @ Q)


@mistake(
    title="The penalty is squared",
    message="When the penalty is put below X as extra rows, their squares count in the sum: rows of reg give a penalty of reg².",
    next_step="Use rows of √reg, or add reg to the diagonal of XᵀX.",
)
def reg_squared(Q, genres, reg):
    return ridge(genres, Q, reg**2)


@mistake(
    title="Rows and columns are exchanged",
    message="A row for each factor was returned. The task asks for a row for each genre, so that `genres @ G` gives a vector for each film.",
    next_step="Transpose it, or check the order of the product.",
)
def transposed(Q, genres, reg):
    return ridge(genres, Q, reg).T


@mistake(
    title="The films' vectors were returned",
    message="`genres @ G` says where the genres put each film. Asked for is G itself, the vectors of the genres: with it any new film can be placed.",
    next_step="Return the solution of the system.",
)
def films_returned(Q, genres, reg):
    return genres @ ridge(genres, Q, reg)


def column_by_column(Q, genres, reg):
    G = np.zeros((genres.shape[1], Q.shape[1]))
    left = genres.T @ genres + reg * np.eye(genres.shape[1])
    for f in range(Q.shape[1]):
        G[:, f] = np.linalg.inv(left) @ (genres.T @ Q[:, f])
    print(G)
    return G


def stacked(Q, genres, reg):
    n = genres.shape[1]
    X = np.vstack([genres, np.sqrt(reg) * np.eye(n)])
    return np.linalg.lstsq(X, np.vstack([Q, np.zeros((n, Q.shape[1]))]))[0]


def loop(Q, genres, reg):
    """Film by film."""
    n_genres = genres.shape[1]
    left, right = np.diag([float(reg)] * n_genres), np.zeros((n_genres, Q.shape[1]))
    for q, row in zip(Q, genres, strict=True):
        for g in np.flatnonzero(row):
            right[g] += q
            left[g] += row
    return np.linalg.solve(left, right).tolist()


def by_films(Q, genres, reg):
    """The same through a system with a row for each film."""
    return genres.T @ np.linalg.solve(genres @ genres.T + reg * np.eye(len(Q)), Q)


def single_precision(Q, genres, reg):
    return ridge(genres.astype(np.float32), Q.astype(np.float32), np.float32(reg)).astype(np.float32)


exercise = Exercise(
    number="11.2",
    task="Return G (n_genres, n_factors), the ridge regression of the films' vectors on their genres: (XᵀX + reg I)⁻¹ XᵀQ with X = genres, no intercept; "
    "zeros for a genre without films.",
    reference=cold_start.genre_factors,
    groups=(genres_in_common, gaps),
    mistakes=(
        mean_of_each_genre,
        each_genre_alone,
        reg_forgotten,
        wrong_way_round,
        divided_by_number_of_genres,
        intercept_added,
        reg_per_film,
        reg_everywhere,
        reg_squared,
        transposed,
        films_returned,
    ),
    hints=(
        "It is the system of exercise 11.1 again. What plays the part of A, and what that of the ratings?",
        "The genres are A. In place of one column of ratings there are n_factors columns, those of Q; `np.linalg.solve` takes all of them at once.",
        "Left: `genres.T @ genres` plus reg on the diagonal, n_genres × n_genres. Right: `genres.T @ Q`. Solve.",
    ),
    variants=(column_by_column, stacked, loop, by_films, single_precision),
)
