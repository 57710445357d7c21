"""What is known of films and people beside their ratings, as tables of numbers."""

import numpy as np

AGES = (18, 25, 35, 45, 56)  # where one group of ages ends and the next begins


def genre_table(data):
    """→ `(genres, names)`: (n_items, n_genres), 1.0 where a film of `data.items` has the genre, else 0.0; and the genres' names.

    "unknown" is no genre: such films have a row of zeros.
    """
    table = data.items["genres"].str.get_dummies("|").drop(columns=["unknown", "(no genres listed)"], errors="ignore")
    return table.to_numpy(dtype=float), list(table.columns)


def people_table(data):
    """→ `(features, names)`: (n_users, n_features), 1.0 where a person of `data.users` is of the age group, the gender, the
    occupation, else 0.0; and what the columns mean."""
    import pandas as pd

    age = pd.cut(data.users["age"], (-np.inf, *AGES, np.inf), right=False)
    columns = {"age": age.astype(str), "gender": data.users["gender"], "occupation": data.users["occupation"]}
    table = pd.get_dummies(pd.DataFrame(columns), prefix_sep=" ")
    return table.to_numpy(dtype=float), list(table.columns)
