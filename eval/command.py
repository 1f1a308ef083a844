"""`qa eval`: a group whose subcommands are imported when they are run, so that help is instant."""

from __future__ import annotations

import click

from qa.program import Deferred, examples

__all__ = ["eval_command"]

_DEFAULT = "gold"


class _DefaultGroup(click.Group):
    """A group that runs `gold` where no subcommand is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the name in front of options that stand alone."""
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = [_DEFAULT, *args]
        return super().parse_args(ctx, args)


@click.group(
    "eval",
    cls=_DefaultGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    subcommand_metavar="[BENCHMARK] [OPTIONS]...",
    epilog=examples(
        "qa eval",
        "qa eval --split tune --system ours --system plain",
        "qa eval --retrieval --fail-under Recall@3=.85",
        "qa eval gold --help",
    ),
)
def eval_command() -> None:
    """Measure how good the answers are.

    Without a benchmark's name the project's own questions are asked, as `qa eval gold` does.
    """


def _gold() -> click.Command:
    from eval.gold_command import gold_command

    return gold_command


eval_command.add_command(Deferred("gold", "Ask the project's own questions (the default).", _gold))
