from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from index.build import build_index
from index.errors import IndexCorruptError
from index.persist import (
    StoryIndex,
    backup,
    kept_story,
    load_index,
    read_manifest,
    recover,
    save_index,
)
from index.query import make_query
from index.records import Story
from index.stories import make_story

TEXT = "Ada Fenn rowed to Gull Island.\r\nThere she met Old Bram — “a liar” — and stayed 🌊.\n"


@pytest.fixture
def saved(tmp_path: Path, letters: Any) -> Path:
    story = Story("gull", TEXT, "/stories/gull.txt")
    save_index(build_index(story, letters), letters, tmp_path / "gull")
    return tmp_path / "gull"


def same(one: StoryIndex, other: StoryIndex, encoder: Any) -> bool:
    asked = make_query("Whom did she meet on the island?", encoder)
    return (
        (one.story, one.story.source, list(one.passages)) == (
            other.story, other.story.source, list(other.passages)
        )
        and [list(t) for t in one.parses] == [list(t) for t in other.parses]
        and one.dense.search(asked, 9) == other.dense.search(asked, 9)
        and one.lexical.search(asked, 9) == other.lexical.search(asked, 9)
        and one.associative.search(asked, 9) == other.associative.search(asked, 9)
        and one.cast == other.cast
    )  # fmt: skip


def test_round_trip(saved: Path, letters: Any) -> None:
    built = build_index(Story("gull", TEXT, "/stories/gull.txt"), letters)
    loaded = load_index(saved)
    assert same(loaded, built, letters)
    assert loaded.story.text == TEXT
    assert [c.name for c in loaded.cast.characters] == ["Ada Fenn", "Old Bram"]


def test_manifest_says_what_the_index_was_made_of(saved: Path, letters: Any) -> None:
    data = json.loads((saved / "manifest.json").read_text("utf-8"))
    assert data["story_sha256"] == make_story("x", TEXT).sha256
    assert (data["encoder"], data["encoder_digest"]) == (letters.name, letters.digest)
    assert (data["dimension"], data["passages"]) == (32, 2)
    assert {"story.txt", "passages.jsonl", "cast.json", "vectors.faiss"} < set(data["files"])
    assert not {"manifest.json"} & set(data["files"])


def test_nothing_is_pickled(saved: Path) -> None:
    for file in saved.rglob("*"):
        assert file.suffix not in {".pkl", ".pickle"}
        assert file.is_dir() or not re.match(rb"\x80[\x02-\x05]", file.read_bytes())


def test_source_that_is_not_unicode_round_trips(tmp_path: Path, letters: Any) -> None:
    story = Story("caf", "Once. Twice.", "/stories/caf\udce9.txt")
    save_index(build_index(story, letters), letters, tmp_path / "caf")
    assert load_index(tmp_path / "caf").story.source == story.source


def truncate(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def to_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("damage", [truncate, flip, Path.unlink, to_folder])
def test_each_damaged_file_is_noticed(
    saved: Path, letters: Any, damage: Callable[[Path], None]
) -> None:
    names = [str(f.relative_to(saved)) for f in saved.rglob("*") if f.is_file()]
    assert len(names) > 9
    whole = {name: (saved / name).read_bytes() for name in names}
    for name in names:
        damage(saved / name)
        if name != "manifest.json" or damage is not flip:
            with pytest.raises(IndexCorruptError, match="qa index") as caught:
                load_index(saved)
            assert "\n" not in str(caught.value)
        if (saved / name).is_dir():
            (saved / name).rmdir()
        (saved / name).write_bytes(whole[name])
    load_index(saved)


def edit_manifest(folder: Path, **fields: Any) -> None:
    path = folder / "manifest.json"
    data = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(data | fields), "utf-8")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"format_version": 99}, "has format 99"),
        ({"format_version": None}, "has format None"),
        ({"surprise": 1}, "no readable manifest"),
        ({"files": {"story.txt": 5}}, "digests are not strings"),
        ({"files": {}}, "does not list"),
        ({"passages": 7}, "counts disagree"),
        ({"dimension": 7}, "counts disagree"),
    ],
)
def test_foreign_manifest_is_refused(saved: Path, fields: dict[str, Any], message: str) -> None:
    edit_manifest(saved, **fields)
    with pytest.raises(IndexCorruptError, match=message):
        load_index(saved)


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '"text"', "\xff"])
def test_manifest_that_is_something_else(saved: Path, text: str) -> None:
    (saved / "manifest.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(IndexCorruptError):
        read_manifest(saved)
    assert kept_story(saved) is None


def test_what_makes_an_index_stale(saved: Path, letters: Any, make_letters: Any) -> None:
    manifest = read_manifest(saved)
    story = Story("gull", TEXT)
    assert manifest.stale(letters, story) is None
    assert "story" in (manifest.stale(letters, replace(story, text=TEXT + " ")) or "")
    assert "encoder" in (manifest.stale(make_letters(name="other"), story) or "")
    assert "encoder" in (manifest.stale(make_letters(digest="f" * 64), story) or "")
    assert "version" in (replace(manifest, splitter_version=0).stale(letters, story) or "")
    assert "version" in (replace(manifest, language_model="x 1").stale(letters, story) or "")


def test_kept_story_is_given_only_if_whole(saved: Path) -> None:
    assert kept_story(saved) == Story("gull", TEXT)
    flip(saved / "story.txt")
    assert kept_story(saved) is None


def test_saving_replaces_the_index_and_leaves_nothing_beside(saved: Path, letters: Any) -> None:
    save_index(build_index(Story("gull", "Another story."), letters), letters, saved)
    assert load_index(saved).story.text == "Another story."
    assert [f.name for f in saved.parent.iterdir()] == ["gull"]


@pytest.mark.parametrize("step", ["_write_files", "_digest"])
def test_failed_save_leaves_the_old_index(
    saved: Path, letters: Any, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    fresh = build_index(Story("gull", "Another story."), letters)
    with monkeypatch.context() as patch:
        patch.setattr(f"index.persist.{step}", fail)
        with pytest.raises(OSError, match="No space"):
            save_index(fresh, letters, saved)
    assert load_index(saved).story.text == TEXT
    assert [f.name for f in saved.parent.iterdir()] == ["gull"]


def test_leftovers_of_a_killed_process_are_cleared(saved: Path, letters: Any) -> None:
    unfinished = saved.with_name(".gull.new")
    unfinished.mkdir()
    (unfinished / "story.txt").write_text("half")
    backup(saved).mkdir()
    recover(saved)
    assert [f.name for f in saved.parent.iterdir()] == ["gull"]
    load_index(saved)


def test_process_killed_between_both_renames(saved: Path) -> None:
    saved.rename(backup(saved))
    recover(saved)
    assert load_index(saved).story.text == TEXT
