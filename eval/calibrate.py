"""Fitting the calibration: `python -m eval.calibrate`.

Logistic regression on the features of `qa.evidence`; the label is whether the short answer is
right. It is fitted on the tuning stories and, where the public data is at hand, on the texts set
aside from training (`eval.aside`), so that a confidence means the same on plots and tales as on
ours. The threshold is of the tuning stories alone: the one with the best harmonic mean of two
shares: of answerable questions answered right, and of the others declined; neither can be bought
with the other. It is chosen on predictions for questions that the fit had not seen, over several
ways to set them apart; where the curve is flat, the lowest threshold is taken: a guess is shown as
one, an answer kept back is lost.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from eval.answer_metrics import RIGHT_F1, best, token_f1
from eval.aside import set_aside
from eval.dataset import Dataset
from eval.gold_loader import load_gold
from index.build import build_index
from index.encoder import Encoder
from qa.agent import StoryAgent, default_encoder
from qa.calibration import Calibrator
from qa.equipment import Equipment, baseline, trained
from qa.question import QuestionType

__all__ = ["Observed", "fit", "observe"]

_FEATURES = {
    "trained": ("length", "mass", "null", "premise", "retrieved"),
    "baseline": ("null", "premise", "retrieved", "score"),
}
"""What a reader's confidence rests on. Fitted on some hundred questions, few features tell more on
other stories than many: with these of the trained reader the balance below is .630, and from .625
to .630 with what either reader makes of the span besides, `ruled` or `read`."""

_FOLDS = 5
_REPEATS = 10
_FLAT = 0.01  # means that differ by less are the same, on a few hundred questions
_STRENGTH = 0.3  # inverse of the L2 penalty: a few hundred questions carry no more
_UNTOLD = 0.25
"""Share of questions without an answer, taken to be that of readers: some stories have more of them
here, so that declining is learned from more than a few."""


class _Listener(Calibrator):
    """Lets every answer through and keeps its features."""

    def __init__(self) -> None:
        super().__init__(bias=0.0, weights={}, threshold=0.0)
        object.__setattr__(self, "heard", {})

    heard: Mapping[str, float]

    def probability(self, features: Mapping[str, float]) -> float:
        """Return 1, and keep `features`."""
        object.__setattr__(self, "heard", features)
        return 1.0


@dataclass(frozen=True, slots=True)
class Observed:
    """Questions that were asked: each one's features, whether right, and whether answerable.

    `heard` maps names to features, a missing one counts as 0; `right`, whether the short answer is
    right; `told`, whether the story answers the question.
    """

    heard: Sequence[Mapping[str, float]]
    right: Sequence[bool]
    told: Sequence[bool]

    @property
    def weights(self) -> NDArray[np.float64]:
        """How much each question weighs: those without an answer `_UNTOLD` of all, if any."""
        told = np.array(self.told, dtype=bool)
        if told.all():
            return np.ones(len(told))
        weights: NDArray[np.float64] = np.where(
            told, (1 - _UNTOLD) / max(told.mean(), 1e-9), _UNTOLD / (1 - told.mean())
        )
        return weights


def observe(dataset: Dataset, encoder: Encoder, equipment: Equipment) -> Observed:
    """Ask the questions.

    Not those to say yes or no to: which of them are answered, clauses decide (`qa.facts.polarity`).
    """
    heard, right, told = [], [], []
    for story in dataset.stories.values():
        listener = _Listener()
        listening = replace(equipment, calibrator=listener)
        agent = StoryAgent(build_index(story, encoder), encoder, listening)
        for example in dataset.examples:
            if example.story_id == story.story_id and example.type != QuestionType.YES_NO:
                answer = agent.ask(example.question, example.history)
                score = best(token_f1, answer.short_answer or "", example.references)
                heard.append(listener.heard)
                right.append(example.answerable and score >= RIGHT_F1)
                told.append(example.answerable)
    return Observed(heard, right, told)


def fit(tuning: Observed, *others: Observed) -> dict[str, Any]:
    """Return bias, weights and threshold of a logistic model of `right`, as JSON data.

    Args:
        tuning: questions that the threshold is chosen on as well.
        others: further questions.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    parts = (tuning, *others)
    heard = [features for part in parts for features in part.heard]
    names = sorted({name for features in heard for name in features})
    rows = np.array([[features.get(name, 0.0) for name in names] for features in heard])
    labels = np.array([right for part in parts for right in part.right], dtype=int)
    weighted = {
        "logisticregression__sample_weight": np.concatenate([part.weights for part in parts])
    }
    scaler, logistic = StandardScaler(), LogisticRegression(C=_STRENGTH, max_iter=1_000)
    model = make_pipeline(scaler, logistic)
    first = len(tuning.right)
    unseen = [
        cross_val_predict(
            model,
            rows,
            labels,
            cv=StratifiedKFold(_FOLDS, shuffle=True, random_state=seed),
            method="predict_proba",
            params=weighted,
        )[:first, 1]
        for seed in range(_REPEATS)
    ]
    model.fit(rows, labels, **weighted)
    weights = logistic.coef_[0] / scaler.scale_
    threshold = _threshold(unseen, labels[:first], np.array(tuning.told, dtype=bool))
    return {
        "bias": round(float(logistic.intercept_[0] - weights @ scaler.mean_), 4),
        "weights": dict(zip(names, weights.round(4).tolist(), strict=True)),
        "threshold": threshold,
    }


def _threshold(
    predictions: Sequence[NDArray[np.float64]], right: NDArray[np.int64], told: NDArray[np.bool_]
) -> float:
    """Return the lowest threshold whose mean is about the best, over all sets of predictions."""
    grid = np.arange(0.02, 0.98, 0.01)
    means = [np.mean([_balance(t, found, right, told) for found in predictions]) for t in grid]
    return round(float(grid[np.argmax(np.array(means) > max(means) - _FLAT)]), 2)


def _balance(
    threshold: float,
    probabilities: NDArray[np.float64],
    right: NDArray[np.int64],
    told: NDArray[np.bool_],
) -> float:
    """Return the harmonic mean of the shares answered right and rightly declined."""
    answered = float(((probabilities >= threshold) & (right == 1))[told].mean())
    declined = float((probabilities < threshold)[~told].mean())
    return 2 * answered * declined / max(answered + declined, 1e-9)


@click.command()
@click.option("--reader", type=click.Choice(["trained", "baseline"]), required=True)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="JSON file to write.")
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with the public data: fit on the texts that are set aside from training as well.",
)
def main(reader: str, out: Path, data: Path | None) -> None:
    """Fit a reader's calibration and write it."""
    encoder = default_encoder()
    equipment = trained(encoder) if reader == "trained" else baseline(encoder)
    observed = []
    for dataset in [load_gold("tune"), *(set_aside(data) if data else [])]:
        one = observe(dataset, encoder, equipment)
        click.echo(f"{dataset.name}: {sum(one.right)} of {sum(one.told)} right", err=True)
        kept = [{name: row.get(name, 0.0) for name in _FEATURES[reader]} for row in one.heard]
        observed.append(replace(one, heard=kept))
    fitted = fit(*observed)
    out.write_text(json.dumps(fitted, indent=1) + "\n", "utf-8")
    click.echo(f"threshold {fitted['threshold']}; wrote {out}")


if __name__ == "__main__":
    main()
