"""What is kept away from a training, and the tables of what is known of films and people."""

import numpy as np
import pytest

from mfref import load_ratings
from mfref.features import genre_table, people_table
from mfref.models import MatrixFactorization
from mfref.newcomers import hold_out

DATA = load_ratings("synthetic-100k").busiest(120, 120)


@pytest.mark.parametrize(("people", "films"), [(20, 0), (0, 30)])
def test_held_out_is_never_seen_in_training(people, films):
    held = hold_out(DATA, people=people, films=films, n_factors=3)
    users, items, ratings = DATA.arrays()
    new_users, new_items = np.setdiff1d(range(120), held.old_users), np.setdiff1d(range(120), held.old_items)
    assert (len(new_users), len(new_items)) == (people, films)
    assert not held.P[new_users, :-1].any()
    assert not held.Q[new_items][:, [0, 1, 2, -1]].any()
    kept = np.isin(users, held.old_users) & np.isin(items, held.old_items)
    model = MatrixFactorization(n_factors=3).fit(DATA.ratings[kept])
    u, i = users[kept][:50], items[kept][:50]
    pairs = DATA.users["user_id"].to_numpy()[u], DATA.items["item_id"].to_numpy()[i]
    assert np.allclose(held.mu + np.sum(held.P[u] * held.Q[i], axis=1), model.predict(*pairs))
    assert np.allclose(held.known, np.bincount(items[kept], minlength=120) / (120 - people))
    for ask, test in held.people:
        both = np.concatenate([ask, test])
        assert set(both) == set(np.flatnonzero(users == users[ask[0]]))
        assert len(set(both)) == len(both)
    assert set(items[held.test]) == set(new_items)
    assert len(held.people) == people


def test_tables_of_features_say_what_the_data_says():
    data = load_ratings("synthetic-100k")
    genres, names = genre_table(data)
    assert genres.shape == (data.n_items, len(names))
    for i in (0, 7, 700):
        assert {names[g] for g in np.flatnonzero(genres[i])} == set(data.items["genres"][i].split("|")) - {"unknown"}
    people, columns = people_table(data)
    assert (people.sum(axis=1) == 3).all()
    for u in range(data.n_users):
        said = [columns[f] for f in np.flatnonzero(people[u])]
        person = data.users.iloc[u]
        assert f"gender {person['gender']}" in said
        assert f"occupation {person['occupation']}" in said
        low, high = (float(end) for end in next(c for c in said if c.startswith("age"))[5:-1].split(","))
        assert low <= person["age"] < high
