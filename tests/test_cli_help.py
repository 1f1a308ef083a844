from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from qa.cli import cli

HEAVY = {
    "torch", "transformers", "spacy", "gradio", "sentence_transformers", "faiss", "sklearn",
    "matplotlib", "bm25s", "scipy", "pandas", "numpy", "onnxruntime", "eval", "ui",
}  # fmt: skip


def contexts(command: click.Command = cli, name: str = "qa") -> Iterator[click.Context]:
    """Yield a context for the command and for every command below it."""
    ctx = command.make_context(name, [], resilient_parsing=True)
    yield ctx
    if isinstance(ctx.command, click.Group):
        for sub in ctx.command.list_commands(ctx):
            found = ctx.command.get_command(ctx, sub)
            assert found is not None
            yield from contexts(found, f"{name} {sub}")


ALL = {ctx.info_name or "": ctx for ctx in contexts()}


def test_all_commands_are_there() -> None:
    names = {name.removeprefix("qa ") for name in ALL if name.count(" ") == 1}
    assert names == {
        "ask", "batch", "cast", "chat", "completion", "eval", "index", "stories", "train", "ui",
        "verify",
    }  # fmt: skip


@pytest.mark.parametrize("name", ALL)
def test_help_has_examples_that_parse(name: str) -> None:
    _, found, examples = ALL[name].get_help().partition("Examples:\n")
    assert found, f"{name} --help has no examples"
    for example in examples.splitlines():
        check_parses(example.strip())


def check_parses(example: str) -> None:
    typed = re.split(r" >>? | < ", example.split(" | ")[-1])[0]
    program, *args = shlex.split(typed)
    assert program == "qa", example
    command: click.Command = cli
    parent: click.Context | None = None
    try:
        while True:
            parent = command.make_context(command.name or "qa", list(args), parent=parent)
            if not isinstance(parent.command, click.Group):
                return
            rest = [*parent._protected_args, *parent.args]
            _, found, args = parent.command.resolve_command(parent, rest)
            assert found is not None, example
            command = found
    except click.exceptions.Exit:
        assert "--help" in args, example
    except click.BadParameter as error:
        if "does not exist" not in str(error):  # a file of the reader's own
            raise


def test_an_example_that_does_not_parse_is_noticed() -> None:
    for wrong in ("qa ask", "qa ask x --no-such-option", "qa nothing", "qa ask x -k 0"):
        with pytest.raises((click.UsageError, AssertionError)):
            check_parses(wrong)


def test_help_and_version_load_nothing_heavy() -> None:
    code = f"""
import sys
from click.testing import CliRunner
from qa.cli import cli
for args in (["--help"], ["ask", "--help"], ["--version"], ["completion", "zsh"], ["ask"]):
    CliRunner().invoke(cli, args)
print(sorted({HEAVY!r} & set(sys.modules)))
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (ran.stdout, ran.stderr) == ("[]\n", "")


def test_version() -> None:
    result = CliRunner().invoke(cli, ["--version"])
    assert re.fullmatch(r"qa, version \d+\.\d+\.\d+\S*\n", result.stdout)


def test_without_a_command_help_is_shown_and_the_status_is_2() -> None:
    result = CliRunner().invoke(cli, [])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Examples:" in result.stderr


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_completion_script(shell: str) -> None:
    result = CliRunner().invoke(cli, ["completion", shell])
    assert result.exit_code == 0
    assert "_QA_COMPLETE" in result.stdout


def test_completion_offers_commands_and_stories(monkeypatch: pytest.MonkeyPatch) -> None:
    def complete(line: str, word: str) -> str:
        monkeypatch.setenv("_QA_COMPLETE", "zsh_complete")
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(len(shlex.split(line))))
        result = CliRunner().invoke(cli, [], prog_name="qa")
        assert result.stderr == ""
        return result.stdout

    assert "batch" in complete("qa", "")
    from qa.agent import default_library

    assert default_library().seed_names()[0] in complete("qa ask --story", "")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--nonsense"], "no such option '--nonsense'"),
        (["nothing"], "no such command 'nothing'"),
        (["ask"], "missing argument 'QUESTION...'"),
        (["ask", "who?", "-k", "many"], "'many' is not a valid integer range"),
        (["ask", "who?", "-k", "0"], "0 is not in the range"),
        (["batch"], "missing argument"),
        (["completion", "tcsh"], "'tcsh' is not one of"),
        (["ui", "--port", "99999"], "99999 is not in the range"),
    ],
)
def test_bad_usage_is_one_line_and_status_2(args: list[str], message: str) -> None:
    result = CliRunner().invoke(cli, args, prog_name="qa")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert message in result.stderr
    assert result.stderr.startswith("qa: error: ")
    assert result.stderr.count("\n") == 1
    assert "--help" in result.stderr
