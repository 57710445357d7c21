"""Lesson 11's questions, held to a regression, a greedy choice and sums made here."""

import re

import numpy as np

from mfref import load_ratings
from mfref.cold_start import fold_in_user, onboarding_items
from mfref.models import MatrixFactorization
from mfref.widgets.cold_start import NOT_SEEN, QUESTIONS, answer_questions

DATA = load_ratings("synthetic-100k").busiest(120, 120)
MODEL = MatrixFactorization(n_factors=4, n_epochs=10).fit(DATA)
TITLES = DATA.items["title"].to_numpy()


def shown(fold_in=fold_in_user, onboarding=onboarding_items):
    return answer_questions(fold_in, onboarding, MODEL, DATA)


def say(w, *ratings):
    for rating in ratings:
        w.rating.value = str(rating)
        w.answer.click()


def asked_by_hand():
    Q = np.column_stack([MODEL.Q_, np.ones(120)])
    known = np.bincount(DATA.arrays()[1], minlength=120) / 120
    A, asked = 3.0 * np.eye(5), []
    for _ in range(QUESTIONS):
        gains = {i: known[i] * Q[i] @ np.linalg.solve(A, Q[i]) for i in range(120) if i not in asked}
        asked.append(max(gains, key=gains.get))
        A += known[asked[-1]] * np.outer(Q[asked[-1]], Q[asked[-1]])
    return asked


def folded(answers):
    """→ (p, bias) by least squares with the penalty as extra rows. answers: row → rating"""
    rows = list(answers)
    A = np.vstack([np.column_stack([MODEL.Q_[rows], np.ones(len(rows))]), np.sqrt(3.0) * np.eye(5)])
    left = np.array(list(answers.values())) - MODEL.mu_ - MODEL.b_item_[rows]
    solved = np.linalg.lstsq(A, np.append(left, np.zeros(5)))[0]
    return solved[:-1], solved[-1]


def listed(w):
    table = re.search("<table><caption>Your list</caption>.*?</table>", w.below.value).group()
    return [re.findall("<td.*?>(.*?)</td>", line) for line in re.findall("<tr>.*?</tr>", table)[1:]]


def test_list_and_place_are_those_of_the_answers():
    w, asked = shown(), asked_by_hand()
    say(w, 5, NOT_SEEN, 1, 4)
    p, bias = folded({asked[0]: 5.0, asked[2]: 1.0, asked[3]: 4.0})
    scores = MODEL.mu_ + MODEL.b_item_ + MODEL.Q_ @ p + bias
    best = [i for i in sorted(range(120), key=lambda i: -scores[i]) if i not in asked[:4]][:10]
    assert [name.removeprefix("● ")[:40] for name, _ in listed(w)] == [TITLES[i][:40] for i in best]
    assert [value for _, value in listed(w)] == [f"{scores[i]:.2f}" for i in best]
    x, y = p @ np.linalg.svd(MODEL.Q_)[2][:2].T
    assert f"You stand at ({x:.2f}, {y:.2f})" in w.alt
    assert "Questions: 4, answers: 3" in w.alt
    assert f"{bias:+.2f}</td></tr></tbody>" in w.table.value
    assert TITLES[asked[4]] in w.question.value
    assert not w.message.value


def test_taken_back_is_as_never_answered():
    w = shown()
    start = w.alt, w.below.value, w.question.value, w.table.value
    say(w, 2, 5)
    assert w.alt != start[0]
    w.take_back.click()
    w.take_back.click()
    assert (w.alt, w.below.value, w.question.value, w.table.value) == start
    assert w.take_back.disabled


def test_not_seen_moves_nobody_and_a_choice_alone_asks_nothing():
    w = shown()
    place = re.search(r"You stand.*", w.alt).group()
    w.rating.value = "1"
    assert "Questions: 0" in w.alt
    say(w, NOT_SEEN)
    assert place.split(". Your")[0] in w.alt
    assert "Questions: 1, answers: 0" in w.alt


def test_at_the_end_there_are_no_more_questions():
    w = shown(onboarding=lambda Q, known, n, reg: np.array([7, 3]))
    say(w, 3, 4)
    assert "No more questions" in w.question.value
    assert w.answer.disabled
    w.take_back.click()
    assert TITLES[3] in w.question.value


def test_functions_not_written_or_wrong_are_said():
    def not_written(*_):
        raise NotImplementedError

    assert "drawn by your own function" in shown(onboarding=not_written).message.value
    assert "drawn by your own function" in shown(fold_in=not_written).message.value
    assert "5 numbers" in shown(fold_in=lambda *_: None).message.value
    assert "5 numbers" in shown(fold_in=lambda *_: np.zeros(4)).message.value
    assert "item indices" in shown(onboarding=lambda *_: [0.5]).message.value
    assert "item indices" in shown(onboarding=lambda *_: [999]).message.value
