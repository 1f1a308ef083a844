"""Writing a run down: JSON, Markdown, one HTML page that needs nothing else, and the rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from eval.charts import charts
from eval.dataset import Dataset
from eval.drawing import Chart
from eval.misses import Miss, misses
from eval.summary import Scored, Summary
from eval.tables import markdown, notes, tables
from index.errors import StorageError

__all__ = ["page", "report_folder", "to_html", "to_markdown", "write_report"]

_TEMPLATES = Path(__file__).parent / "templates"
_LISTED = 25


def write_report(
    folder: Path,
    summary: Summary,
    dataset: Dataset,
    scored: Sequence[Scored],
    metric: str = "accuracy",
) -> None:
    """Write `summary.json`, `report.md`, `report.html` and `rows.jsonl` into `folder`.

    Args:
        folder: where to; made where there is none.
        summary: the figures.
        dataset: the questions and their stories.
        scored: the rows, one entry a system.
        metric: what kinds of question are compared by, and what says that a question was missed.

    Raises:
        StorageError: the folder cannot be written.
    """
    missed = [miss for run in scored for miss in misses(dataset, run, metric)]
    with report_folder(folder):
        with (folder / "rows.jsonl").open("w", encoding="utf-8") as file:
            for line in _rows(scored):
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        text = json.dumps(summary.to_json(), ensure_ascii=False, indent=1)
        (folder / "summary.json").write_text(text + "\n", encoding="utf-8")
        (folder / "report.md").write_text(to_markdown(summary, missed, metric), encoding="utf-8")
        page = to_html(summary, scored, missed, metric)
        (folder / "report.html").write_text(page, encoding="utf-8")


@contextmanager
def report_folder(folder: Path) -> Iterator[None]:
    """Make `folder`, and tell in one line where a report cannot be written into it.

    Raises:
        StorageError: the folder cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise StorageError(
            f"cannot write the report to {folder}: {error.strerror or error}; "
            "choose another folder (--out)"
        ) from error


def to_markdown(summary: Summary, missed: Sequence[Miss] = (), metric: str = "accuracy") -> str:
    """Return the figures, and the worst misses in short, as Markdown."""
    settings = "".join(f" · {name} {value}" for name, value in summary.settings.items())
    parts = [f"# {summary.name}", f"{summary.n} questions{settings}"]
    for table in tables(summary, metric):
        parts += [f"## {table.title}", markdown(table)]
    parts.append("\n".join(f"- {_plain(note)}" for note in notes(summary)))
    if summary.skipped:
        parts.append(f"## Left out: {len(summary.skipped)}")
        parts.append("\n".join(f"- {_plain(line)}" for line in summary.skipped))
    if missed:
        parts.append(f"## Worst misses ({min(_LISTED, len(missed))} of {len(missed)})")
        parts.append("\n".join(_miss(miss) for miss in missed[:_LISTED]))
    return "\n\n".join(parts) + "\n"


def to_html(
    summary: Summary, scored: Sequence[Scored], missed: Sequence[Miss], metric: str = "accuracy"
) -> str:
    """Return one page with tables, charts and misses; it refers to nothing outside itself."""
    return page(
        "report.html",
        charts(summary, scored, metric),
        summary=summary,
        tables=tables(summary, metric),
        notes=notes(summary),
        misses=missed,
    )


def page(template: str, drawn: Sequence[Chart], **values: object) -> str:
    """Return a template of `eval/templates` filled with charts and values."""
    import jinja2
    from markupsafe import Markup

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES), autoescape=True, trim_blocks=True
    )
    figures = [
        {"title": chart.title, "note": chart.note, "svg": Markup(chart.svg)}  # noqa: S704 - our own
        for chart in drawn
    ]
    return environment.get_template(template).render(charts=figures, **values)


def _rows(scored: Sequence[Scored]) -> Iterator[dict[str, Any]]:
    """Yield each question with what a system gave for it and how that scored."""
    for run in scored:
        for example, row, scores in zip(run.examples, run.rows, run.scores, strict=True):
            yield {**asdict(example), **row.to_json(), "scores": dict(scores)}


def _miss(miss: Miss) -> str:
    wanted = "; ".join(miss.example.references[:3]) or "the story does not say"
    given = miss.row.error or miss.row.short_answer or miss.row.answer
    return _plain(
        f"- **{miss.example.question}** ({miss.system}, {miss.kind}, {miss.row.confidence:.2f}) "
        f"gave: {given} · accepted: {wanted}"
    )


def _plain(text: str) -> str:
    """Return `text` on one line, without marks that Markdown would take for HTML."""
    return " ".join(text.split()).replace("<", "&lt;")
