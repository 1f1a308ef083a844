"""Whether retrieval brings back passages with evidence, by ir_measures.

A passage of the story is relevant to a question where it shares a character with a piece of its
evidence. A piece suffices by itself, so a question is well served by any one relevant passage:

- `Recall@k`: 1 where at least one relevant passage is among the first k, else 0. ir_measures calls
  it Success@k; in open-domain question answering it goes by Recall@k or top-k accuracy
  (Karpukhin et al. 2020).
- `MRR`: 1 / rank of the first relevant passage, 0 where none was returned (RR in ir_measures).
- `nDCG@10`: gain 1 a relevant passage, against listing all of them first (Järvelin and Kekäläinen
  2002).

Only passages that a system lists count: one that lists five is measured on these, by MRR and
nDCG@10 too, and has no Recall@10.
"""

from __future__ import annotations

from collections.abc import Sequence

from eval.asking import overlaps
from eval.dataset import Example
from eval.records import Row

__all__ = ["RETRIEVAL_METRICS", "retrieval_scores"]

_NAMES = {
    "Success@1": "Recall@1",
    "Success@3": "Recall@3",
    "Success@5": "Recall@5",
    "Success@10": "Recall@10",
    "RR": "MRR",
    "nDCG@10": "nDCG@10",
}

RETRIEVAL_METRICS = tuple(_NAMES.values())
"""Names of the retrieval metrics, in the order in which they are shown."""


def retrieval_scores(examples: Sequence[Example], rows: Sequence[Row]) -> list[dict[str, float]]:
    """Return the retrieval metrics of each question; none where it has no evidence.

    Args:
        examples: the questions.
        rows: the row of each.
    """
    import ir_measures

    qrels, run = [], []
    for number, (example, row) in enumerate(zip(examples, rows, strict=True)):
        if not example.evidence:
            continue
        found = [overlaps(span, example) for span in row.passages]
        # Relevant passages that were not returned stand as documents of their own.
        missed = max(max(1, row.relevant) - sum(found), 0)
        relevant = [f"p{rank}" for rank, hit in enumerate(found) if hit]
        relevant += [f"missed{n}" for n in range(missed)]
        qrels += [ir_measures.Qrel(str(number), name, 1) for name in relevant]
        depth = len(found)
        run += [
            ir_measures.ScoredDoc(str(number), f"p{rank}", float(depth - rank))
            for rank in range(depth)
        ]
    deepest = max((len(row.passages) for row in rows), default=0)
    names = {name: shown for name, shown in _NAMES.items() if shown != "Recall@10" or deepest >= 10}
    scores = [dict.fromkeys(names.values(), 0.0) if e.evidence else {} for e in examples]
    if run:
        measures = [ir_measures.parse_measure(name) for name in names]
        for metric in ir_measures.iter_calc(measures, qrels, run):
            scores[int(metric.query_id)][names[str(metric.measure)]] = float(metric.value)
    return scores
