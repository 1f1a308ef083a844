"""The command `qa`. What a command needs is imported when it runs: `qa --help` loads no model."""

from __future__ import annotations

import sys

import click

from qa.characters import cast
from qa.options import (
    all_option,
    in_colour,
    open_all,
    open_library,
    open_reader,
    open_story,
    question_text,
    reader_option,
    stay_offline,
    story_option,
    up_to_option,
)
from qa.program import Deferred, Program, examples, print_json
from qa.upkeep import completion, index, stories, verify

__all__ = ["cli", "main"]


def main() -> None:
    """Run the command; ends the process with its exit status."""
    cli(prog_name="qa")


@click.group(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(
        "qa ask Who lives in the old house",
        'qa ask "What does she find?" --story my-story.txt',
        "qa ui",
    ),
)
@click.version_option(package_name="story-qa", prog_name="qa")
def cli() -> None:
    """Ask a story something, and get an answer that cites the story's own sentences.

    Exit status: 0 answered, 1 the story does not say, 2 bad usage or bad input. Indexes are kept
    in the user's data folder, or in $QA_HOME.
    """


@cli.command(
    epilog=examples(
        'qa ask "Why does she leave?"',
        "qa ask Where do they meet --story my-story.txt -k 8",
        'qa ask "Who is the captain?" --up-to 40%',
        'qa ask "Who is the captain of the Heron?" --all',
        'echo "Who is the captain?" | qa ask - --json',
    )
)
@click.argument("question", nargs=-1, required=True)
@story_option
@all_option
@up_to_option
@reader_option
@click.option("--json", "as_json", is_flag=True, help="Print the answer as one JSON object.")
@click.option(
    "-k", "top_k", type=click.IntRange(1, 100), metavar="N", default=5, show_default=True,
    help="How many passages to read.",
)  # fmt: skip
@click.pass_context
def ask(
    ctx: click.Context,
    question: tuple[str, ...],
    story: str | None,
    everywhere: bool,
    point: str | None,
    reader: str | None,
    as_json: bool,
    top_k: int,
) -> None:
    """Answer one QUESTION; "-" reads it from stdin.

    Prints the answer, how sure it is, and the sentences it rests on; with --all also the story.
    """
    from qa.question import analyse

    text = question_text(question)
    analyse(text)  # a question that cannot be asked need not wait for the models
    if everywhere:
        answer = open_all(story, point, reader).ask(text, k=top_k)
    else:
        answer = open_story(story, point, reader).ask(text, k=top_k)
    if as_json:
        print_json(answer.to_json(), indent=2)
    else:
        from qa.terminal import answer_lines, one_line

        lines = answer_lines(answer, marked=in_colour())
        if everywhere:
            lines.insert(2, f"Story: {one_line(answer.story)}")
        click.echo("\n".join(lines))
    ctx.exit(0 if answer.answerable else 1)


@cli.command(
    epilog=examples(
        "qa batch questions.jsonl --out answers.jsonl",
        "qa batch questions.jsonl --up-to 40%",
        "cat questions.jsonl | qa batch - > answers.jsonl",
    )
)
@click.argument("questions", metavar="QUESTIONS.jsonl")
@click.option("--out", metavar="ANSWERS.jsonl", help="Write the answers here, not to stdout.")
@up_to_option
@reader_option
@click.pass_context
def batch(
    ctx: click.Context, questions: str, out: str | None, point: str | None, reader: str | None
) -> None:
    """Answer the questions of a file of JSON lines; "-" reads stdin.

    A line is {"id", "story", "question"} and may have a "history", a list of {"question",
    "answer"}, oldest first. Answers come in the same order, one a line, with the id as given. A
    line that cannot be answered gives {"id", "error"}; the others are answered all the same, and
    the exit status is 2.
    """
    from tqdm import tqdm

    from qa.batch import answers, question_lines, writing

    equipment = open_reader(reader)
    count = failed = 0
    # A bar between the answers would be in their way.
    quiet = not sys.stderr.isatty() or (out is None and sys.stdout.isatty())
    with question_lines(questions) as lines, writing(out) as file:
        found = answers(lines, open_library(), point, equipment)
        for row in tqdm(found, desc="answering", unit="q", disable=quiet):
            print_json(row, file=file)
            count, failed = count + 1, failed + ("error" in row)
    if failed:
        click.echo(
            f"qa: error: {failed} of {count} questions have no answer; see their error", err=True
        )
        ctx.exit(2)


@cli.command(
    epilog=examples(
        "qa chat",
        "qa chat --story my-story.txt",
        "qa chat --up-to 12",
        r"printf 'Who is the captain?\nWhere does he live?\n' | qa chat",
    )
)
@story_option
@up_to_option
@reader_option
def chat(story: str | None, point: str | None, reader: str | None) -> None:
    """Talk about a story: follow-up questions are understood in the light of the earlier ones."""
    from qa.chat import converse, piped_lines, typed_lines

    agent = open_story(story, point, reader)
    typed = sys.stdin.isatty()
    if typed:
        click.echo(f"Ask about {agent.story.story_id}; /help tells more, /quit ends.")
    converse(
        agent,
        typed_lines("? ") if typed else piped_lines(),
        say=lambda text: click.echo(f"{text}\n"),
        complain=lambda text: click.echo(f"qa: error: {text}", err=True),
        marked=in_colour(),
    )


@cli.command(
    epilog=examples(
        "qa ui",
        "qa ui --story my-story.txt --port 8000 --no-browser",
    )
)
@story_option
@reader_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(1, 65_535), show_default="the first free one from 7860",
    help="Port to listen on.",
)  # fmt: skip
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
def ui(
    story: str | None, reader: str | None, host: str, port: int | None, no_browser: bool
) -> None:
    """Chat in the browser, with the story beside the answers."""
    from qa.agent import DEFAULT_STORY
    from ui.app import launch

    equipment = open_reader(reader)
    stay_offline()
    launch(story or DEFAULT_STORY, host, port, not no_browser, equipment)


def _eval() -> click.Command:
    from eval.command import eval_command

    return eval_command


def _train() -> click.Command:
    from qa.train.__main__ import train_command

    return train_command


cli.add_command(Deferred("eval", "Score the answers against gold questions.", _eval))
cli.add_command(Deferred("train", "Train the reader.", _train))
for command in (cast, index, stories, verify, completion):
    cli.add_command(command)
