"""The habits that all commands share: one-line errors, exit statuses, quiet libraries."""

from __future__ import annotations

import json
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

import click

from index.errors import QAError, QAWarning, shown
from index.threads import share_cores

__all__ = ["Deferred", "Program", "examples", "print_json"]

_INTERRUPTED = 130
_BROKEN_PIPE = 141
_QUIET = {
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TRANSFORMERS_VERBOSITY": "error",
}


class Program(click.Group):
    """A group of commands that ends with a status and at most one line on stderr.

    Status 2 for any `QAError`, bad usage and operating system error, 130 for an interrupt, 141
    where the reader of stdout has gone; the commands themselves choose between 0 and 1.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options before the command's name."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            raise _usage_error(error) from error

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, and turn what goes wrong into a status and one line."""
        share_cores()
        for name, value in _QUIET.items():
            os.environ.setdefault(name, value)
        try:
            with _one_line_warnings():
                return super().invoke(ctx)
        except QAError as error:
            raise _OneLine(str(error)) from error
        except click.UsageError as error:
            raise _usage_error(error) from error
        except BrokenPipeError:
            _discard_output()
            ctx.exit(_BROKEN_PIPE)
        except OSError as error:
            _discard_output()  # it may be stdout that is full
            place = f" {shown(error.filename)}" if error.filename else ""
            raise _OneLine(f"{error.strerror or error}{place}; check disk and rights") from error
        except KeyboardInterrupt:
            ctx.exit(_INTERRUPTED)


class Deferred(click.Command):
    """A command that is imported when it is run: listing the commands loads none of it."""

    def __init__(self, name: str, short_help: str, load: Callable[[], click.Command]) -> None:
        super().__init__(name, short_help=short_help)
        self._load = load

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Return the real command's context; click goes on with that context's command."""
        return self._load().make_context(info_name, args, parent, **extra)


def examples(*lines: str) -> str:
    """Return the end of a help page: commands that can be typed as they stand."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def print_json(value: object, *, indent: int | None = None, file: TextIO | None = None) -> None:
    """Print `value` as JSON in UTF-8, or in ASCII where stdout has another encoding."""
    file = file or sys.stdout
    unicode = (file.encoding or "").lower().replace("-", "") == "utf8"
    click.echo(json.dumps(value, ensure_ascii=not unicode, indent=indent), file=file)


class _OneLine(click.ClickException):
    exit_code = 2

    def show(self, file: Any = None) -> None:
        click.echo(f"qa: error: {' '.join(self.message.split())}", file=file or sys.stderr)


def _usage_error(error: click.UsageError) -> click.ClickException:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return error  # a group without a command: its help
    message = error.format_message().rstrip(".")
    command = error.ctx.command_path if error.ctx else "qa"
    return _OneLine(f"{message[:1].lower()}{message[1:]}; try: {command} --help")


@contextmanager
def _one_line_warnings() -> Iterator[None]:
    """Show the program's own warnings in one line each, and no library's unless -W asks."""

    def show(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        if issubclass(category, QAWarning):
            click.echo(f"qa: warning: {' '.join(str(message).split())}", err=True)
        else:
            default(message, category, filename, lineno, file, line)

    with warnings.catch_warnings():
        default = warnings.showwarning
        warnings.showwarning = show
        if not sys.warnoptions:
            warnings.simplefilter("ignore")
            warnings.simplefilter("always", QAWarning)
        yield


def _discard_output() -> None:
    """Point stdout at nothing, so that Python does not fail once more when it flushes at exit."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (OSError, ValueError):  # stdout is no file
        pass
