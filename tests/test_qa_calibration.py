from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import DataError
from qa.calibration import Calibrator

MODEL = Calibrator(bias=-1.0, weights={"score": 2.0, "margin": 0.5}, threshold=0.4)


def test_probability_by_hand() -> None:
    # -1 + 2 · 0.75 + 0.5 · 1 = 1
    assert MODEL.probability({"score": 0.75, "margin": 1.0}) == pytest.approx(
        1 / (1 + math.exp(-1))
    )
    assert MODEL.probability({"score": 0.5}) == 0.5  # no margin: zero
    assert MODEL.probability({"other": 9.0}) == pytest.approx(1 / (1 + math.e))


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
def test_a_probability_grows_with_its_feature(low: float, high: float) -> None:
    low, high = sorted((low, high))
    p, q = (MODEL.probability({"score": value}) for value in (low, high))
    assert 0 < p <= q < 1


def test_load_reads_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_text('{"bias": -1, "weights": {"score": 2, "margin": 0.5}, "threshold": 0.4}')
    assert Calibrator.load(path) == MODEL


@pytest.mark.parametrize(
    "data",
    [
        {"weights": {}, "threshold": 0.5},
        {"bias": 0.0, "threshold": 0.5},
        {"bias": 0.0, "weights": {}},
        {"bias": "much", "weights": {}, "threshold": 0.5},
        {"bias": 0.0, "weights": [1.0], "threshold": 0.5},
        {"bias": 0.0, "weights": {"score": None}, "threshold": 0.5},
        [],
        None,
    ],
)
def test_a_file_with_something_amiss_is_named(tmp_path: Path, data: object) -> None:
    path = tmp_path / "c.json"
    path.write_text(json.dumps(data))
    with pytest.raises(DataError, match=r"^cannot read the calibration '.*c\.json' .*; reinstall"):
        Calibrator.load(path)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe"])
def test_a_file_that_is_no_json_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "c.json"
    path.write_bytes(content)
    with pytest.raises(DataError, match="cannot read the calibration"):
        Calibrator.load(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.json.*No such file") as caught:
        Calibrator.load(tmp_path / "none.json")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("path", sorted(Path("qa").resolve().glob("*_calibration.json")))
def test_what_ships_can_answer_and_decline(path: Path) -> None:
    model = Calibrator.load(path)
    assert 0 < model.threshold < 1
    assert model.weights
    assert all(math.isfinite(w) for w in (model.bias, *model.weights.values()))
