"""Probes and wrong answers that precision, recall and NDCG share: lists, best first, and what of them is relevant."""

import numpy as np


def listing(recommended, relevant, k):
    return {"recommended": list(recommended), "relevant": set(relevant), "k": k}


def drawn(rng, n_recommended, n_hits, n_relevant, k):
    """A list with hits at random ranks; item ids have gaps, and 0 is among them."""
    ids = np.concatenate([[0], np.sort(rng.choice(np.arange(1, 500), 59, replace=False))])
    ids = rng.permutation(ids).tolist()
    recommended, others = ids[:n_recommended], ids[n_recommended:]
    hits = [recommended[rank] for rank in rng.permutation(n_recommended)[:n_hits]]
    return listing(recommended, hits + others[: n_relevant - n_hits], k)


def hits_in(recommended, relevant):
    return sum(item in relevant for item in recommended)
