"""The toy data set: 4 listeners, 12 songs, small enough to follow every number by hand."""

import numpy as np

from mfref.ratings import Ratings

LISTENERS = ("Darth Vader", "Hermione", "Ripley", "Spock")
SONGS = (
    ("Another One Bites the Dust", 1980, "Rock"),
    ("Back in Black", 1980, "Rock"),
    ("Bohemian Rhapsody", 1975, "Rock"),
    ("Brandenburg Concerto No. 3", 1721, "Classical"),
    ("Clair de Lune", 1905, "Classical"),
    ("Comfortably Numb", 1979, "Rock"),
    ("Don't Stop Believin'", 1981, "Rock"),
    ("Firework", 2010, "Pop"),
    ("Hedwig's Theme", 2001, "Film"),
    ("O Fortuna", 1937, "Classical"),
    ("Survivor", 2001, "Pop"),
    ("The Imperial March", 1980, "Film"),
)
# A row a listener, a column a song. 0 stands for "not rated", as in many files found in the wild.
TABLE = np.array(
    [
        [4, 4, 2, 0, 1, 2, 2, 0, 0, 4, 0, 5],
        [1, 0, 5, 0, 5, 2, 2, 5, 5, 2, 2, 1],
        [5, 5, 2, 1, 2, 3, 4, 4, 0, 5, 5, 4],
        [2, 0, 5, 5, 5, 4, 3, 2, 3, 4, 2, 0],
    ]
)


def music():
    """→ the toy as `Ratings`: the 39 known cells of TABLE; ids start at 1; one rating a minute."""
    users, items = np.nonzero(TABLE)
    ratings = {
        "user_id": users + 1,
        "item_id": items + 1,
        "rating": TABLE[users, items].astype(float),
        "timestamp": 946_684_800 + 60 * np.arange(len(users)),
    }
    title, year, genres = zip(*SONGS, strict=True)
    songs = {"item_id": np.arange(1, len(SONGS) + 1), "title": title, "year": year, "genres": genres}
    return Ratings("music", ratings, songs, {"user_id": np.arange(1, len(LISTENERS) + 1), "name": LISTENERS})
