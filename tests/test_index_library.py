from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

import index.library
from index.build import build_index
from index.errors import (
    IndexCorruptError,
    QAWarning,
    StorageError,
    StoryError,
    StoryNotFoundError,
)
from index.library import Library
from index.persist import backup, load_index, read_manifest
from index.records import Story

TEXT = "Ada Fenn rowed to Gull Island. There she met Old Bram."


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The text of every story that was built, in order."""
    built: list[str] = []

    def counted(story: Story, *args: Any, **options: Any) -> Any:
        built.append(story.text)
        return build_index(story, *args, **options)

    monkeypatch.setattr(index.library, "build_index", counted)
    return built


@pytest.fixture
def gull(tmp_path: Path) -> Path:
    return write(tmp_path / "in" / "gull.txt", TEXT)


@pytest.fixture
def library(tmp_path: Path, letters: Any) -> Library:
    return Library(tmp_path / "home", letters)


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_index_is_built_once_then_opened(library: Library, gull: Path, builds: list[str]) -> None:
    first = library.open(str(gull))
    again = library.open(str(gull))
    by_name = library.open("gull")
    assert builds == [TEXT]
    assert first.story == again.story == by_name.story
    assert by_name.story.story_id == "gull"
    assert library.names() == ["gull"]


def test_changed_story_is_never_answered_from_old_text(
    library: Library, gull: Path, builds: list[str]
) -> None:
    library.open(str(gull))
    for text in ("One man came.", "Two men came."):
        write(gull, text)
        assert library.open(str(gull)).story.text == text
    write(gull, "Three men came.")
    assert library.open("gull").story.text == "Three men came."
    assert library.story("gull").text == "Three men came."
    assert len(builds) == 4
    assert len(library.manifests()) == 1


def test_kept_text_serves_when_the_file_is_gone(
    library: Library, gull: Path, builds: list[str]
) -> None:
    library.open(str(gull))
    gull.unlink()
    assert library.open("gull").story.text == TEXT
    assert library.story("gull").text == TEXT
    assert builds == [TEXT]
    with pytest.raises(StoryNotFoundError):
        library.open(str(gull))


def test_kept_text_serves_with_a_warning_when_the_file_is_spoilt(
    library: Library, gull: Path
) -> None:
    library.open(str(gull))
    gull.write_bytes(b"\xff\xfe\x00")
    with pytest.warns(QAWarning, match="using the text kept"):
        assert library.open("gull").story.text == TEXT


@pytest.mark.parametrize("by", ["path", "name"])
@pytest.mark.parametrize("change", ["name", "digest", "splitter", "language"])
def test_stale_index_rebuilds_itself(
    tmp_path: Path, gull: Path, builds: list[str], make_letters: Any, by: str, change: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    Library(tmp_path / "home", make_letters()).open(str(gull))
    other = make_letters()
    if change == "splitter":
        monkeypatch.setattr("index.persist.SPLITTER_VERSION", 999)
    elif change == "language":
        monkeypatch.setattr("index.persist.language_version", lambda: "another 1.0")
    else:
        other = make_letters(**{change: "f" * 64})
    library = Library(tmp_path / "home", other)
    library.open(str(gull) if by == "path" else "gull")
    library.open("gull")
    assert builds == [TEXT, TEXT]
    manifest = read_manifest(tmp_path / "home" / "indexes" / "gull")
    assert (manifest.encoder, manifest.encoder_digest) == (other.name, other.digest)


def test_files_of_one_name_have_an_index_each(
    library: Library, tmp_path: Path, builds: list[str]
) -> None:
    one = write(tmp_path / "one" / "tale.txt", "One man came.")
    two = write(tmp_path / "two" / "tale.txt", "Two men came.")
    for _ in range(2):
        assert library.open(str(one)).story.text == "One man came."
        assert library.open(str(two)).story.text == "Two men came."
    assert len(builds) == 2
    names = library.names()
    assert names[0] == "tale"
    assert names[1].startswith("tale-")
    assert library.open("tale").story.text == "One man came."
    assert library.open(names[1]).story.text == "Two men came."
    write(two, "Three men came.")
    assert library.open(names[1]).story.text == "Three men came."
    assert library.names() == names


def test_same_text_elsewhere_shares_the_index(
    library: Library, tmp_path: Path, builds: list[str]
) -> None:
    for folder in ("one", "two"):
        library.open(str(write(tmp_path / folder / "tale.txt", "One man came.")))
    assert library.names() == ["tale"]
    assert builds == ["One man came."]


def test_seed_keeps_its_name(tmp_path: Path, letters: Any) -> None:
    write(tmp_path / "seeds" / "seed.txt", "A seed grew.")
    library = Library(tmp_path / "home", letters, seeds=tmp_path / "seeds")
    assert library.names() == library.seed_names() == ["seed"]
    mine = library.open(str(write(tmp_path / "mine" / "seed.txt", "Mine is another.")))
    assert mine.story.story_id.startswith("seed-")
    assert library.open("seed").story.text == "A seed grew."
    copy = library.open(str(write(tmp_path / "copy" / "seed.txt", "A seed grew.")))
    assert copy.story.story_id == "seed"
    assert library.names() == ["seed", mine.story.story_id]


@pytest.mark.parametrize(
    ("name", "folder"),
    [("my tale (1)", "my-tale-1"), ("..", "story"), ("история", "история"), (".hidden", "hidden")],
)
def test_name_of_the_folder(library: Library, tmp_path: Path, name: str, folder: str) -> None:
    found = library.open(str(write(tmp_path / "in" / f"{name}.txt", TEXT)))
    assert found.story.story_id == folder
    assert library.open(folder).story.text == TEXT


def test_long_names_fit_the_file_system(library: Library, tmp_path: Path) -> None:
    found = library.open(str(write(tmp_path / "in" / f"{'語' * 80}.txt", TEXT)))
    assert 0 < len(found.story.story_id.encode()) <= 100


def test_unknown_name_suggests_a_near_one(library: Library, gull: Path) -> None:
    with pytest.raises(StoryNotFoundError, match="qa index"):
        library.open("gull")
    library.open(str(gull))
    with pytest.raises(StoryNotFoundError, match="did you mean gull"):
        library.open("gul")
    with pytest.raises(StoryNotFoundError, match="known stories: gull"):
        library.open("zebra")


@pytest.mark.parametrize("name", ["", ".", "a\0b", "x" * 5000, "half\ud800", "../../etc", "no.txt"])
def test_impossible_names(library: Library, tmp_path: Path, name: str) -> None:
    library.seeds = tmp_path
    for find in (library.open, library.story):
        with pytest.raises(StoryError):
            find(name)


def damage(path: Path, how: str) -> None:
    data = path.read_bytes()
    if how == "delete":
        path.unlink()
    elif how == "truncate":
        path.write_bytes(data[: len(data) // 2])
    else:
        middle = len(data) // 2
        path.write_bytes(data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :])


@pytest.mark.parametrize("how", ["truncate", "flip", "delete"])
@pytest.mark.parametrize("name", ["passages.jsonl", "parses.jsonl", "vectors.faiss", "story.txt"])
def test_damaged_index_is_rebuilt_from_the_file(
    library: Library, gull: Path, tmp_path: Path, name: str, how: str
) -> None:
    library.open(str(gull))
    folder = tmp_path / "home" / "indexes" / "gull"
    damage(folder / name, how)
    assert library.open("gull").story.text == TEXT
    assert load_index(folder).story.text == TEXT


def test_damaged_index_is_rebuilt_from_the_kept_text(
    library: Library, gull: Path, tmp_path: Path
) -> None:
    library.open(str(gull))
    gull.unlink()
    folder = tmp_path / "home" / "indexes" / "gull"
    damage(folder / "vectors.faiss", "flip")
    assert library.open("gull").story.text == TEXT
    assert load_index(folder).story.text == TEXT


def test_damaged_beyond_repair_says_what_to_do(
    library: Library, gull: Path, tmp_path: Path
) -> None:
    library.open(str(gull))
    gull.unlink()
    damage(tmp_path / "home" / "indexes" / "gull" / "story.txt", "flip")
    with pytest.raises(IndexCorruptError, match="qa index PATH"):
        library.open("gull")
    with pytest.raises(StoryError, match="name the story's file"):
        library.story("gull")


def test_foreign_format_is_rebuilt_where_the_file_is_given(
    library: Library, gull: Path, tmp_path: Path
) -> None:
    library.open(str(gull))
    path = tmp_path / "home" / "indexes" / "gull" / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format_version": 99}))
    with pytest.warns(QAWarning, match="has format 99"):
        assert library.manifests() == []
    assert library.open(str(gull)).story.text == TEXT
    assert [m.format_version for m in library.manifests()] != [99]


def test_name_is_found_though_a_process_was_killed_between_the_renames(
    library: Library, gull: Path, tmp_path: Path, builds: list[str]
) -> None:
    library.open(str(gull))
    folder = tmp_path / "home" / "indexes" / "gull"
    folder.rename(backup(folder))
    assert library.open("gull").story.text == TEXT
    assert builds == [TEXT]


def test_leftovers_of_a_killed_build_do_no_harm(
    library: Library, gull: Path, tmp_path: Path
) -> None:
    half = tmp_path / "home" / "indexes" / ".gull.new"
    half.mkdir(parents=True)
    (half / "story.txt").write_text("half a st")
    assert library.names() == []
    assert library.open(str(gull)).story.text == TEXT
    assert not half.exists()


def test_add_says_whether_it_built(library: Library, gull: Path) -> None:
    assert [library.add(gull)[1] for _ in range(2)] == [True, False]
    write(gull, "Changed.")
    found, built = library.add(gull)
    assert (found.story.text, built) == ("Changed.", True)


@pytest.mark.parametrize("home", ["/dev/null/x", "/proc/none"])
def test_impossible_data_folder_is_answered_from_memory(
    letters: Any, gull: Path, home: str, builds: list[str]
) -> None:
    library = Library(Path(home), letters)
    with pytest.warns(QAWarning, match="QA_HOME.*answering from memory") as caught:
        assert library.open(str(gull)).story.text == TEXT
    assert len(caught) == 1
    assert builds == [TEXT]
    with pytest.raises(StorageError, match="set QA_HOME"):
        library.add(gull)
    with pytest.raises(StoryNotFoundError):
        library.open("gull")


def test_read_only_data_folder(
    tmp_path: Path, letters: Any, as_nobody: None, builds: list[str]
) -> None:
    gull = write(tmp_path / "in" / "gull.txt", TEXT)
    other = write(tmp_path / "in" / "other.txt", "Another story.")
    library = Library(tmp_path / "home", letters)
    library.open(str(gull))
    indexes = tmp_path / "home" / "indexes"
    for folder in (indexes / "gull", indexes):
        folder.chmod(0o555)
    assert library.open(str(gull)).story.text == TEXT  # what is up to date is only read
    with pytest.warns(QAWarning, match="Permission denied.*answering from memory"):
        assert library.open(str(other)).story.text == "Another story."
    with pytest.raises(StorageError, match="Permission denied"):
        library.add(other)
    assert builds == [TEXT, "Another story."]
    indexes.chmod(0)
    with pytest.warns(QAWarning, match="answering from memory"):
        assert library.open(str(gull)).story.text == TEXT
    with pytest.raises(StorageError, match="cannot read"):
        library.names()
    indexes.chmod(0o700)
    (indexes / "gull").chmod(0o700)


def test_disk_that_fills_up_while_writing(
    library: Library, gull: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    builds: list[str],
) -> None:  # fmt: skip
    library.open(str(gull))
    write(gull, "A changed story.")

    def full(*args: Any) -> None:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patch:
        patch.setattr("index.lexical.LexicalStore.save", full)
        with pytest.warns(QAWarning, match="No space left.*answering from memory"):
            assert library.open(str(gull)).story.text == "A changed story."
        with pytest.raises(StorageError, match="free some space"):
            library.add(gull)
    assert builds == [TEXT, "A changed story.", "A changed story."]  # never built twice
    folder = tmp_path / "home" / "indexes" / "gull"
    assert load_index(folder).story.text == TEXT
    assert sorted(f.name for f in folder.parent.iterdir()) == [".gull.lock", "gull"]
    assert library.open(str(gull)).story.text == "A changed story."


def test_data_folder_may_be_deleted_at_any_time(
    library: Library, gull: Path, tmp_path: Path
) -> None:
    library.open(str(gull))
    shutil.rmtree(tmp_path / "home")
    assert library.names() == []
    assert library.open(str(gull)).story.text == TEXT
