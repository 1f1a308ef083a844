"""The index of all stories: what it finds, how it is kept up to date, what damage does to it."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

import index.library
import index.segment
from index.ann import EXACT, Layout
from index.catalogue import read_catalogue
from index.corpus import Corpus
from index.errors import QAWarning, StoryNotFoundError
from index.gathering import corpus_folder, open_corpus
from index.library import Library

CODED = Layout(1_000)  # more than there are, so that what is found is certain


@pytest.fixture
def library(tmp_path: Path, letters: Any) -> Library:
    return Library(tmp_path / "home", letters)


def add(library: Library, *numbers: int) -> None:
    for n in numbers:
        path = library.home.parent / f"tale{n}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"Ada{n} rowed to Gull{n}. There she met a ram. Nobody saw Bram{n * 7}.")
        library.add(path)


def best(library: Library, corpus: Corpus, text: str) -> tuple[str, int]:
    hit = corpus.nearest(library.encoder.encode([text])[0], 1)[0]
    return corpus.names[hit.story], hit.passage_id


def parts(library: Library) -> list[str]:
    return sorted(f.name for f in corpus_folder(library).iterdir() if f.is_dir())


@pytest.mark.parametrize("chosen", [EXACT, CODED])
def test_all_stories_are_searched(library: Library, chosen: Layout) -> None:
    add(library, 1, 2, 3)
    corpus = open_corpus(library, chosen)
    assert (corpus.names, corpus.n_stories, len(corpus)) == (("tale1", "tale2", "tale3"), 3, 9)
    assert best(library, corpus, "Ada2 rowed to Gull2.") == ("tale2", 0)
    assert best(library, corpus, "Nobody saw Bram21.") == ("tale3", 2)
    assert [corpus.names[h.passage_id] for h in corpus.matching(["bram14"], 5)] == ["tale2"]
    assert len(corpus.matching(["ram"], 2)) == 2
    assert corpus.matching(["zeppelin"], 5) == corpus.matching(["ram"], 0) == []
    again = open_corpus(library, chosen)
    asked = library.encoder.encode(["There she met a ram."])[0]
    assert again.nearest(asked, 9) == corpus.nearest(asked, 9)


@pytest.mark.parametrize("chosen", [EXACT, CODED])
def test_stories_come_change_and_go_without_embedding(
    library: Library, chosen: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(library, 1, 2, 3, 4)
    open_corpus(library, chosen)
    assert parts(library) == ["part-1"]
    add(library, 5)
    changed = library.home.parent / "tale2.txt"
    changed.write_text("Zora sold her boat. Nobody bought the oars.")
    library.add(changed)
    shutil.rmtree(library.home / "tale3")

    def fail(self: Any, texts: Any) -> Any:
        raise AssertionError(f"embedded {texts}")

    wanted = [library.encoder.encode([t])[0] for t in ("Ada5 rowed", "Zora sold her boat.")]
    with monkeypatch.context() as patch:
        patch.setattr(type(library.encoder), "encode", fail)
        corpus = open_corpus(library, chosen)
    assert parts(library) == ["part-1", "part-2"]
    assert (corpus.n_stories, len(corpus)) == (4, 3 + 3 + 3 + 2)
    assert {corpus.names[n] for n in corpus.alive_stories()} == {"tale1", "tale2", "tale4", "tale5"}
    found = [corpus.names[corpus.nearest(vector, 1)[0].story] for vector in wanted]
    assert found == ["tale5", "tale2"]
    everything = corpus.nearest(wanted[0], 100)
    assert len(everything) == 11
    assert "tale3" not in {corpus.names[hit.story] for hit in everything}
    assert corpus.matching(["bram21"], 5) == corpus.matching(["bram14"], 5) == []
    assert [corpus.names[h.passage_id] for h in corpus.matching(["zora"], 5)] == ["tale2"]


def test_nothing_is_written_where_nothing_has_changed(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(library, 1, 2)
    open_corpus(library)
    page = corpus_folder(library) / "catalogue.json"
    before = page.stat()
    monkeypatch.setattr(index.segment.Segment, "build", None)
    assert open_corpus(library).n_stories == 2
    assert page.stat() == before
    for folder in library.home.iterdir():
        if folder.is_dir():
            os.utime(folder)  # as a copy of the data folder has
    assert open_corpus(library).n_stories == 2
    assert parts(library) == ["part-1"]


def test_small_segments_are_merged(library: Library) -> None:
    for n in range(8):
        add(library, n)
        open_corpus(library)
        found = read_catalogue(corpus_folder(library), library.encoder)
        # As the digits of a binary counter: one segment for each that is set.
        assert len(found.parts) == len(parts(library)) == (n + 1).bit_count()
        assert len(found.members) == n + 1


def test_a_segment_that_is_mostly_gone_is_gathered_anew(library: Library) -> None:
    add(library, 1, 2, 3)
    open_corpus(library)
    shutil.rmtree(library.home / "tale1")
    shutil.rmtree(library.home / "tale2")
    assert len(open_corpus(library)) == 3
    assert parts(library) == ["part-2"]


@pytest.mark.parametrize("file", ["vectors.faiss", "terms.json", "counts.npy"])
def test_a_damaged_segment_is_gathered_anew(library: Library, file: str) -> None:
    add(library, 1, 2)
    open_corpus(library)
    path = corpus_folder(library) / "part-1" / file
    data = bytearray(path.read_bytes())
    data[-2] ^= 1
    path.write_bytes(data)
    corpus = open_corpus(library)
    assert best(library, corpus, "Ada2 rowed to Gull2.") == ("tale2", 0)
    assert parts(library) == ["part-2"]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format_version": 99}', '{"format_version": 2}'])
def test_a_damaged_catalogue_is_made_anew(library: Library, text: str) -> None:
    add(library, 1)
    open_corpus(library)
    (corpus_folder(library) / "catalogue.json").write_text(text)
    assert open_corpus(library).names == ("tale1",)
    assert open_corpus(library).names == ("tale1",)


def test_the_index_of_an_older_format_is_made_anew(library: Library) -> None:
    add(library, 1, 2)
    open_corpus(library)
    page = corpus_folder(library) / "catalogue.json"
    old = json.loads(page.read_text())
    for part in old["parts"]:
        part["probes"] = part.pop("candidates")
    page.write_text(json.dumps({**old, "format_version": 1}))
    assert best(library, open_corpus(library), "Ada2 rowed to Gull2.") == ("tale2", 0)
    assert json.loads(page.read_text())["parts"][0]["candidates"] == 0


def test_another_encoder_means_another_index(library: Library, make_letters: Any) -> None:
    add(library, 1)
    open_corpus(library)
    other = Library(library.home.parent, make_letters(name="other", digest="1" * 64))
    assert open_corpus(other).names == ("tale1",)
    assert read_catalogue(corpus_folder(other), other.encoder).encoder == "other"


def test_a_story_that_cannot_be_read_is_left_out(library: Library) -> None:
    add(library, 1, 2)
    (library.home.parent / "tale1.txt").unlink()
    (library.home / "tale1" / "story.txt").write_text("altered")
    (library.home / "tale1" / "vectors.faiss").write_text("altered")
    with pytest.warns(QAWarning, match="tale1 is left out"):
        corpus = open_corpus(library)
    assert corpus.names == ("tale2",)


def test_a_damaged_story_is_indexed_anew(library: Library) -> None:
    add(library, 1, 2)
    (library.home / "tale1" / "vectors.faiss").write_text("altered")
    assert best(library, open_corpus(library), "Ada1 rowed to Gull1.") == ("tale1", 0)


def test_seeds_are_among_them(tmp_path: Path, letters: Any) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "old.txt").write_text("Ada rowed to Gull.")
    assert open_corpus(Library(tmp_path / "home", letters, tmp_path / "seeds")).names == ("old",)


def test_an_empty_library(library: Library) -> None:
    with pytest.raises(StoryNotFoundError, match="qa index PATH"):
        open_corpus(library)


@pytest.mark.usefixtures("as_nobody")
def test_where_nothing_can_be_written_memory_serves(library: Library) -> None:
    add(library, 1, 2)
    home = library.home.parent
    home.chmod(0o500)
    try:
        with pytest.warns(QAWarning, match="searching from memory"):
            corpus = open_corpus(library)
    finally:
        home.chmod(0o700)
    assert best(library, corpus, "Ada2 rowed to Gull2.") == ("tale2", 0)
    assert not corpus_folder(library).exists()
