"""The shape of the program: who imports whom, how long modules are, what they show."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("index", "qa", "ui", "eval")
MAY_IMPORT = {
    "index": {"index"},
    "qa": {"index", "qa"},
    "ui": {"index", "qa", "ui"},
    "eval": {"index", "qa", "eval"},
}
HEAVY = {
    "bm25s", "datasets", "faiss", "gradio", "haystack", "ir_measures", "jinja2", "matplotlib",
    "onnx", "onnxruntime", "pandas", "rouge_score", "scipy", "sentence_transformers", "sklearn",
    "spacy", "Stemmer", "tokenizers", "torch", "transformers",
}  # fmt: skip
# Networks are subclasses of torch's; these modules are imported when training starts.
NETWORKS = {
    f"qa/train/{name}.py" for name in ("checkpoint", "loop", "matching", "model", "torch_run")
}
MOST_LINES = 300


def modules() -> list[Path]:
    found = [f for package in PACKAGES for f in sorted((ROOT / package).rglob("*.py"))]
    assert len(found) > 40
    return found


MODULES = pytest.mark.parametrize(
    "path", modules(), ids=lambda path: str(path.relative_to(ROOT).with_suffix(""))
)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield (module, whether it is imported as soon as `path` is) for each import of `path`."""

    def walk(node: ast.AST, at_once: bool) -> Iterator[tuple[str, bool]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                yield from ((alias.name, at_once) for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                assert child.level == 0, f"{path}: imports are absolute"
                yield child.module or "", at_once
            elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                yield from walk(child, False)
            else:
                function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
                yield from walk(child, at_once and not function)

    return walk(tree(path), True)


@MODULES
def test_imports_go_one_way(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    for name, at_once in imports(path):
        top = name.split(".")[0]
        if top not in PACKAGES:
            continue
        if path == ROOT / "qa" / "cli.py" and top in {"ui", "eval"}:
            assert not at_once, f"qa/cli.py imports {name} before the command runs"
            continue
        assert top in MAY_IMPORT[package], f"{package} imports {name}"


def test_imports_of_the_command_are_seen() -> None:
    found = dict(imports(ROOT / "qa" / "cli.py"))
    assert {"ui.app", "eval.command", "click"} <= set(found)
    assert found["click"]
    assert not found["ui.app"]


@MODULES
def test_nothing_heavy_is_imported_at_once(path: Path) -> None:
    allowed = {"torch"} if str(path.relative_to(ROOT)) in NETWORKS else set()
    at_once = {name.split(".")[0] for name, at_once in imports(path) if at_once}
    assert not at_once & HEAVY - allowed


@MODULES
def test_module_is_short(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= MOST_LINES


@MODULES
def test_all_names_what_is_public(path: Path) -> None:
    """`__all__` is complete: every public definition is in it, and everything in it is defined.

    Commands are reached by their group, and `main` of a script by its name.
    """
    if path.name in {"__init__.py"}:
        return
    declared: list[str] | None = None
    defined, bound = set(), set()
    for node in tree(path).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            commands = any("command(" in ast.unparse(d) for d in node.decorator_list)
            (bound if commands else defined).add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {t.id for t in targets if isinstance(t, ast.Name)}
            if "__all__" in names and node.value is not None:
                declared = ast.literal_eval(node.value)
            bound |= names
        elif isinstance(node, ast.Import | ast.ImportFrom):
            bound |= {alias.asname or alias.name for alias in node.names}
    assert declared is not None, "no __all__"
    assert len(declared) == len(set(declared))
    public = {name for name in defined if not name.startswith("_")}
    assert public - {"main"} <= set(declared)
    assert set(declared) <= defined | bound
    assert not [name for name in declared if name.startswith("_")]


@MODULES
def test_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(tree(path))


def test_nothing_is_pickled_or_fetched() -> None:
    for path in modules():
        if path.is_relative_to(ROOT / "eval" / "peers"):
            continue  # asks systems that run beside it, on this machine
        for name, _ in imports(path):
            top = name.split(".")[0]
            assert top not in {"pickle", "dill", "joblib", "shelve", "marshal", "requests"}, path
            assert not name.startswith("urllib.request"), path


def test_help_loads_nothing_heavy() -> None:
    code = f"""
import sys
sys.argv = ["qa", "--help"]
from qa.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code
print(sorted({HEAVY | {"eval", "ui", "numpy"}!r} & set(sys.modules)))
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert ran.stdout.splitlines()[-1] == "[]", ran.stderr


@pytest.mark.parametrize(
    "module",
    [
        "index.library",
        "index.passages",
        "qa.agent",
        "qa.batch",
        "qa.train.__main__",
        "ui.app",
        "ui.render",
        "eval.command",
    ],
)
def test_module_is_imported_in_no_time(module: str) -> None:
    code = f"import {module}, sys; print(sorted({HEAVY!r} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert ran.stdout == "[]\n", ran.stderr


def test_no_name_of_the_shipped_story_in_the_code() -> None:
    """The names come from the story itself, by way of the splitter: none is typed here."""
    from index.cast import find_cast
    from index.passages import split
    from index.stories import load_story

    names = set()
    for seed in (ROOT / "seeds").glob("*.txt"):
        for character in find_cast(split(load_story(seed))[1]).characters:
            names |= {part for part in character.name.split() if part[-1].isalpha()}
    assert len(names) > 3
    words = re.compile(r"(?<![\w-])(?:" + "|".join(map(re.escape, names)) + r")(?![\w-])")
    for path in [*modules(), *sorted((ROOT / "tests").glob("*.py"))]:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            found = words.search(line)
            assert not found, f"{path}:{number} names {found.group()!r}" if found else ""
