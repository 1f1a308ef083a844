"""A conversation in the terminal: questions in, answers out, each seen in the light of the last."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from index.errors import QAError
from qa.records import Answer, Turn
from qa.terminal import answer_lines, source_lines

if TYPE_CHECKING:
    from qa.agent import StoryAgent

__all__ = ["converse", "piped_lines", "typed_lines"]

_HELP = """\
Ask about the story in plain words; a follow-up may say "he", "why?", "and Anna?",
"what happened next?", "who else?" or "no, I meant Anna".
  /sources  what was read for the last answer
  /help     this
  /quit     end (so does the end of input)"""


def typed_lines(prompt: str) -> Iterator[str]:
    """Yield what is typed, line by line, with the line editing of readline where there is one."""
    with suppress(ImportError):
        import readline  # noqa: F401  # input() edits lines once it is imported
    while True:
        try:
            yield input(prompt)
        except EOFError:
            print()
            return


def piped_lines() -> Iterator[str]:
    """Yield the lines of a stdin that is no terminal; what is not UTF-8 in them is replaced."""
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", "replace")


def converse(
    agent: StoryAgent,
    lines: Iterable[str],
    say: Callable[[str], None],
    complain: Callable[[str], None],
    *,
    marked: bool = False,
) -> None:
    """Answer `lines` one by one until they end or one says `/quit`.

    Args:
        agent: the story that is asked.
        lines: questions and commands, one a line; blank ones are passed over.
        say: takes the text of an answer.
        complain: takes a one-line error; the conversation goes on.
        marked: whether to print cited words in bold.
    """
    history: list[Turn] = []
    last: Answer | None = None
    for line in lines:
        text = line.strip()
        if text == "/quit":
            return
        if text == "/help":
            say(_HELP)
        elif text == "/sources":
            say("\n".join(source_lines(last)) if last else "Nothing has been asked yet.")
        elif text.startswith("/"):
            complain(f"no command {text.split()[0]!r}; type /help")
        elif text:
            try:
                last = agent.ask(text, history)
            except QAError as error:
                complain(str(error))
                continue
            say("\n".join(answer_lines(last, marked=marked)))
            history.append(Turn(text, last.answer, last.interpreted_as))
        sys.stdout.flush()
