"""The commands that look after stories and answers: index, stories, verify, completion."""

from __future__ import annotations

from typing import Any

import click
from click.shell_completion import get_completion_class

from index.errors import QAError
from qa.options import open_library
from qa.program import examples, print_json

__all__ = ["completion", "index", "stories", "verify"]


@click.command(
    epilog=examples(
        "qa index my-story.txt",
        "qa index tales/*.txt",
    )
)
@click.argument("stories", metavar="STORY...", nargs=-1, required=True)
@click.pass_context
def index(ctx: click.Context, stories: tuple[str, ...]) -> None:
    """Index story files, so that they are known by name and answer at once.

    An index that is up to date is left as it is. A story that cannot be indexed does not keep
    the others from it; the exit status is then 2.
    """
    library = open_library()
    failed = False
    for story in stories:
        try:
            found, built = library.add(story)
        except QAError as error:
            click.echo(f"qa: error: {error}", err=True)
            failed = True
            continue
        what = f"indexed {_passages(len(found.passages))}" if built else "unchanged"
        click.echo(f"{found.story.story_id}: {what}")
    ctx.exit(2 if failed else 0)


@click.command(
    epilog=examples(
        "qa stories",
        "qa stories --json",
    )
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
def stories(as_json: bool) -> None:
    """List the stories that are known by name."""
    library = open_library()
    indexed = {m.story_id: m for m in library.manifests()}
    rows: list[dict[str, Any]] = []
    for name in sorted({*indexed, *library.seed_names()}):
        manifest = indexed.get(name)
        rows.append(
            {
                "story": name,
                "indexed": manifest is not None,
                "passages": manifest.passages if manifest else None,
                "source": manifest.source if manifest else None,
            }
        )
    if as_json:
        print_json(rows, indent=2)
        return
    for row in rows:
        size = _passages(row["passages"]) if row["indexed"] else "indexed when first asked"
        click.echo(f"{row['story']}  ({size})")


@click.command(
    epilog=examples(
        "qa verify answer.json",
        'qa ask "Who opens the door?" --json | qa verify -',
        "qa verify answers.jsonl --story my-story.txt",
    )
)
@click.argument("answers", metavar="ANSWER.json")
@click.option("--story", metavar="PATH", help="Check against this file, whatever the answer names.")
@click.pass_context
def verify(ctx: click.Context, answers: str, story: str | None) -> None:
    """Check that an answer quotes its story word for word; "-" reads stdin.

    The file holds what `qa ask --json` or `qa batch` printed. The exit status is 0 if every
    citation and passage stands where it is said to, 1 if one does not.
    """
    from qa.verify import verify_answers

    ok = verify_answers(answers, open_library(), story, say=click.echo)
    ctx.exit(0 if ok else 1)


@click.command(
    epilog=examples(
        "qa completion bash >> ~/.bashrc",
        "qa completion zsh >> ~/.zshrc",
        "qa completion fish > ~/.config/fish/completions/qa.fish",
    )
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script that teaches SHELL to complete this command."""
    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(ctx.find_root().command, {}, "qa", "_QA_COMPLETE").source())


def _passages(count: int) -> str:
    return "1 passage" if count == 1 else f"{count:,} passages"
