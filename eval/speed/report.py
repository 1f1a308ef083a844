"""Writing a benchmark of speed down: JSON, Markdown, and one HTML page that needs nothing else."""

from __future__ import annotations

import json
from pathlib import Path

from eval.report import page, report_folder
from eval.speed.records import Speed
from eval.speed.tables import speed_charts, speed_notes, speed_tables
from eval.tables import markdown

__all__ = ["speed_markdown", "write_speed"]


def write_speed(folder: Path, speed: Speed) -> None:
    """Write `speed.json`, `speed.md` and `speed.html` into `folder`.

    Raises:
        StorageError: the folder cannot be written.
    """
    text = json.dumps(speed.to_json(), ensure_ascii=False, indent=1) + "\n"
    html = page("speed.html", speed_charts(speed), speed=speed, tables=speed_tables(speed),
                notes=speed_notes(speed))  # fmt: skip
    with report_folder(folder):
        (folder / "speed.json").write_text(text, encoding="utf-8")
        (folder / "speed.md").write_text(speed_markdown(speed), encoding="utf-8")
        (folder / "speed.html").write_text(html, encoding="utf-8")


def speed_markdown(speed: Speed) -> str:
    """Return the figures as Markdown."""
    parts = ["# Speed", "\n".join(f"- {name}: {value}" for name, value in speed.settings.items())]
    for table in speed_tables(speed):
        parts += [f"## {table.title}", markdown(table)]
    parts.append("\n".join(f"- {note}" for note in speed_notes(speed)))
    if speed.skipped:
        parts += ["## Left out", "\n".join(f"- {line}" for line in speed.skipped)]
    return "\n\n".join(parts) + "\n"
