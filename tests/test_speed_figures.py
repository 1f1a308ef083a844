"""What a benchmark of speed prints and writes: figures by hand, ratios, and the page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from eval.command import eval_command
from eval.speed import run
from eval.speed.ratios import Ratio, ratios
from eval.speed.records import BuildRate, ColdStart, Level, Load, Speed, Times, Warm
from eval.speed.report import speed_markdown, write_speed
from index.errors import StorageError

STAGES: Mapping[str, Times] = {"embed": Times(4, 6.0, 7.0), "read": Times(4, 30.0, 60.0)}
LEVELS = (
    Level(1, 20, 2.0, Times(20, 90.0, 120.0), 0, 0, 0, 1.0),
    Level(8, 30, 2.0, Times(30, 300.0, 500.0), 5, 2, 1, None),
)
SPEED = Speed(
    settings={"machine": "a <mill>", "load average before": "0.1"},
    cold=(ColdStart("ours", 5, 0.5, 0.6, 2.0e8), ColdStart("plain", 5, 4.0, 6.0, 8.0e8)),
    warm=(Warm("ours", Times(4, 40.0, 70.0), STAGES), Warm("plain", Times(4, 20.0, 35.0), {})),
    build=(
        BuildRate("ours", "a tale", 20, 2.0),
        BuildRate("plain", "a tale", 40, 1.0),
        BuildRate("ours", "a book", 300, 3.0),
    ),
    load=Load(LEVELS, 16.0, 0.75, 0, 8, 0.5, 3 * 2**20),
    skipped=("haystack needs a package",),
)


def test_times_by_hand() -> None:
    times = Times.of([0.001, 0.002, 0.003, 0.004, 0.005])
    assert (times.n, times.median_ms) == (5, pytest.approx(3.0))
    assert times.p95_ms == pytest.approx(4.8)  # 0.95 * 4 = 3.8: between the fourth and the fifth


def test_ratios_are_above_one_where_ours_is_better() -> None:
    found = {(ratio.figure, ratio.peer): ratio.value for ratio in ratios(SPEED)}
    assert found == pytest.approx({
        ("cold start, wall time", "plain"): 8.0,
        ("cold start, processor time", "plain"): 10.0,
        ("cold start, peak memory", "plain"): 4.0,
        ("warm answer, median", "plain"): 0.5,
        ("warm answer, p95", "plain"): 0.5,
        ("passages a second, a tale", "plain"): 0.25,
        ("throughput at 1 clients", "the reader alone"): 10 / 16,
        ("throughput at 8 clients", "the reader alone"): 15 / 16,
    })  # fmt: skip
    assert ratios(Speed({}, SPEED.cold[1:], (), (), None, ())) == []
    assert ratios(SPEED)[0] == Ratio("cold start, wall time", "plain", 8.0)


def test_the_report_says_everything_three_times(tmp_path: Path) -> None:
    write_speed(tmp_path / "new", SPEED)
    data = json.loads((tmp_path / "new" / "speed.json").read_text())
    assert data["load"]["levels"][1]["throughput"] == 15.0
    assert data["build"][0]["rate"] == 10.0
    assert data["ratios"][0] == {"figure": "cold start, wall time", "peer": "plain", "value": 8.0}
    assert data["warm"][0]["stages"]["read"] == {"n": 4, "median_ms": 30.0, "p95_ms": 60.0}
    text = (tmp_path / "new" / "speed.md").read_text()
    rows = [[c.strip() for c in line.strip("|").split("|")] for line in text.splitlines()]
    assert ["cold start, wall time", "plain", "8.00"] in rows
    assert ["ours", "0.50", "0.60", "191", "5"] in rows
    assert ["embed", "6.00", "7.00"] in rows
    assert ["a book", "ours", "300", "3.00", "100"] in rows
    assert ["1", "20", "10.00", "90", "120", "0", "0", "0", "50"] in rows
    assert ["8", "30", "15.00", "300", "500", "5", "2", "1", "-"] in rows
    assert "haystack needs a package" in text
    html = (tmp_path / "new" / "speed.html").read_text()
    assert html.count("<svg") == 3
    assert "a &lt;mill&gt;" in html
    assert "the reader alone" in html
    for outside in ("http:", "https:", "src=", "@import"):
        assert outside not in html.replace("http://www.w3.org/", "")


def test_what_was_not_measured_is_not_shown(tmp_path: Path) -> None:
    speed = Speed({"machine": "m"}, (), SPEED.warm, (), None, ())
    text = speed_markdown(speed)
    assert "Warm answers" in text
    assert "Cold start" not in text
    assert "load" not in text.split("- cold start:")[0]
    write_speed(tmp_path, speed)
    assert (tmp_path / "speed.html").read_text().count("<svg") == 1


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="choose another folder"):
        write_speed(tmp_path / "file", SPEED)


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}

    def measure(plan: run.Plan, **options: Any) -> Speed:
        given.update(options, plan=plan)
        options["progress"]("cold start: ours")
        return SPEED

    monkeypatch.setattr(run, "measure", measure)
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(eval_command, ["speed"])
    assert result.exit_code == 0, result.output
    assert given["plan"] is run.FULL
    assert list(given["plan"].levels) == [1, 8, 32, 128]
    assert given["load"] is True
    assert result.stdout == speed_markdown(SPEED)
    assert "cold start: ours\n" in result.stderr
    assert "left out: haystack needs a package\n" in result.stderr
    assert (tmp_path / "reports" / "speed" / "speed.html").exists()
    arguments = "speed --quick --no-load --json --quiet --out here --peer-model m".split()
    result = CliRunner().invoke(eval_command, arguments)
    assert (given["plan"], given["load"], given["peer_model"]) == (run.QUICK, False, "m")
    assert json.loads(result.stdout)["ratios"][0]["value"] == 8.0
    assert "cold start: ours" not in result.stderr
    assert (tmp_path / "here" / "speed.json").exists()
