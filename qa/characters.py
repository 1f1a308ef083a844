"""The command `qa cast`: who is in a story."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from qa.options import open_library, story_option, up_to_option
from qa.program import examples, print_json
from qa.terminal import one_line

if TYPE_CHECKING:
    from index.cast import Cast, Character

__all__ = ["cast"]

_GENDERS = {"m": "male", "f": "female"}
_NUMBERS = {"sg": "one", "pl": "several"}


@click.command(
    epilog=examples(
        "qa cast",
        "qa cast --story my-story.txt --up-to 40%",
        "qa cast --json",
    )
)
@story_option
@up_to_option
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def cast(story: str | None, point: str | None, as_json: bool) -> None:
    """List the characters of a story, the most often named first.

    Each with what else it is called, what the story says it is, who plays it, and its gender and
    number where the text tells them.
    """
    library = open_library()
    from index.view import up_to
    from qa.agent import DEFAULT_STORY

    found = library.open(DEFAULT_STORY if story is None else story)
    if point is not None:
        found = up_to(found, point)
    rows = _rows(found.cast)
    if as_json:
        print_json([_row(character, count) for character, count in rows], indent=2)
        return
    for character, count in rows:
        name, *rest = map(one_line, _lines(character, count))
        click.echo("\n    ".join([name, *rest]))
    if not rows:
        click.echo(f"Nobody is named in {one_line(found.story.story_id)}.")


def _rows(found: Cast) -> list[tuple[Character, int]]:
    """Return the characters with their mentions, the most often named first."""
    rows = zip(found.characters, found.counts(), strict=True)
    return sorted(rows, key=lambda row: -row[1])


def _row(character: Character, count: int) -> dict[str, Any]:
    return {
        "name": character.name,
        "aliases": [alias for alias in character.aliases if alias != character.name],
        "roles": list(character.roles),
        "actor": character.actor,
        "gender": _GENDERS.get(character.gender),
        "number": _NUMBERS.get(character.number),
        "mentions": count,
    }


def _lines(character: Character, count: int) -> Iterator[str]:
    row = _row(character, count)
    told = [f"named {count} times" if count > 1 else "named once"]
    told += [row["gender"]] if row["gender"] else []
    told += ["several"] if row["number"] == "several" else []
    yield f"{character.name} ({', '.join(told)})"
    for label, values in (
        ("also called", row["aliases"]),
        ("is", row["roles"]),
        ("played by", [character.actor] if character.actor else []),
    ):
        if values:
            yield f"{label} {', '.join(values)}"
