"""`qa eval`: a group whose subcommands are imported when they are run, so that help is instant."""

from __future__ import annotations

from collections.abc import Callable

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
        "qa eval narrativeqa --data DIR --system human --system oracle",
        "qa eval speed --quick",
    ),
)
def eval_command() -> None:
    """Measure how good the answers are.

    Without a benchmark's name the project's own questions are asked, as `qa eval gold` does.
    """


def _gold() -> click.Command:
    from eval.gold_command import gold_command

    return gold_command


def _canard() -> click.Command:
    from eval.canard_command import canard_command

    return canard_command


def _coreference() -> click.Command:
    from eval.coreference_command import coreference_command

    return coreference_command


def _benchmark(name: str) -> Callable[[], click.Command]:
    def load() -> click.Command:
        import eval.benchmark_commands as commands

        found: click.Command = getattr(commands, f"{name}_command")
        return found

    return load


def _speed() -> click.Command:
    from eval.speed_command import speed_command

    return speed_command


eval_command.add_command(Deferred("gold", "Ask the project's own questions (the default).", _gold))
for _name, _help in (
    ("narrativeqa", "Ask NarrativeQA's questions on plot summaries."),
    ("fairytaleqa", "Ask FairytaleQA's questions on children's tales."),
    ("squad", "Ask the questions of a file in SQuAD's layout."),
    ("duorc", "Ask DuoRC's questions on film plots."),
):
    eval_command.add_command(Deferred(_name, _help, _benchmark(_name)))
eval_command.add_command(Deferred("speed", "Measure speed, memory and load.", _speed))
eval_command.add_command(Deferred("canard", "Rewrite CANARD's follow-up questions.", _canard))
eval_command.add_command(
    Deferred("coreference", "Score whom the index takes pronouns for.", _coreference)
)
