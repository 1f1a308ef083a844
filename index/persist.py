"""An index on disk: a folder that is written beside its place and renamed into it.

    manifest.json    format, story, encoder, splitter, counts, and the SHA-256 of every other file
    story.txt        the story as loaded
    passages.jsonl   one passage a line: [start, end]
    parses.jsonl     one passage a line: its tokens, offsets counted from the passage's start
    cast.json        the characters, and where each is named
    vectors.faiss    FAISS index, row = passage_id
    bm25/            arrays and JSON of bm25s
    words/           the vocabulary's embeddings (FAISS) and the passages of each word (arrays)

Nothing is pickled. A folder is opened only if every file is there with its digest.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from index.associative import AssociativeStore
from index.cast import Cast
from index.encoder import Encoder
from index.errors import IndexCorruptError, shown
from index.language import language_version
from index.lexical import LexicalStore
from index.parses import StoredParses, parse_line
from index.passages import SPLITTER_VERSION
from index.records import Passage, Story, Token
from index.store import DenseStore

__all__ = [
    "FORMAT_VERSION",
    "Manifest",
    "StoryIndex",
    "backup",
    "kept_story",
    "load_index",
    "read_manifest",
    "recover",
    "save_index",
]

FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True, eq=False)
class StoryIndex:
    """A story ready to be searched. Rows of `parses` and of the stores are passage ids."""

    story: Story
    passages: Sequence[Passage]
    parses: Sequence[Sequence[Token]]
    dense: DenseStore
    lexical: LexicalStore
    associative: AssociativeStore
    cast: Cast


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index was made of, and the digests of its files."""

    format_version: int
    story_id: str
    source: str | None
    story_sha256: str
    encoder: str
    encoder_digest: str
    dimension: int
    passages: int
    splitter_version: int
    language_model: str
    files: dict[str, str]

    def stale(self, encoder: Encoder, story: Story | None = None) -> str | None:
        """Tell why the index must be rebuilt, or None where it is up to date."""
        if story is not None and story.sha256 != self.story_sha256:
            return "the story has changed"
        if (self.encoder, self.encoder_digest) != (encoder.name, encoder.digest):
            return f"it was built with another encoder, {self.encoder}"
        if (self.splitter_version, self.language_model) != (SPLITTER_VERSION, language_version()):
            return "it was split by another version of the program"
        return None


def save_index(index: StoryIndex, encoder: Encoder, folder: Path) -> None:
    """Write `index` as `folder`, replacing the one there in one rename.

    The caller holds the folder's lock (see `library`). OSError where the disk is full or the
    folder cannot be written: what was there before is then untouched.
    """
    fresh, old = _unfinished(folder), backup(folder)
    recover(folder)
    try:
        fresh.mkdir(parents=True)
        _write_files(index, encoder, fresh)
        if folder.exists():
            folder.rename(old)
        fresh.rename(folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        if old.exists() and not folder.exists():
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def recover(folder: Path) -> None:
    """Undo what a process that was killed while it wrote has left beside `folder`."""
    fresh, old = _unfinished(folder), backup(folder)
    if old.exists() and not folder.exists():
        old.rename(folder)
    for leftover in (fresh, old):
        if leftover.exists():
            shutil.rmtree(leftover)


def backup(folder: Path) -> Path:
    """Return where the index in `folder` is kept while a new one takes its place."""
    return folder.with_name(f".{folder.name}.old")


def _unfinished(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.new")


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of the index in `folder`.

    Raises:
        IndexCorruptError: missing, not JSON, of another format, or with fields amiss.
    """
    path = folder / "manifest.json"
    try:
        data = json.loads(path.read_text("utf-8"))
        if data.get("format_version") != FORMAT_VERSION:
            raise IndexCorruptError(
                f"index {shown(folder)} has format {data.get('format_version')!r}, this program "
                f"reads {FORMAT_VERSION}; rebuild it with: qa index"
            )
        manifest = Manifest(**data)
        if not all(isinstance(v, str) for v in manifest.files.values()):
            raise TypeError("digests are not strings")
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise IndexCorruptError(
            f"index {shown(folder)} has no readable manifest ({shown(error)}); "
            "rebuild it with: qa index"
        ) from error
    return manifest


def load_index(folder: Path) -> StoryIndex:
    """Open the index in `folder` after checking every file against the manifest.

    Raises:
        IndexCorruptError: a file is missing, altered or truncated, or counts disagree.
    """
    manifest = read_manifest(folder)
    problem = next(_altered(folder, manifest), None)
    if problem:
        raise IndexCorruptError(
            f"index {shown(folder)} is damaged: {problem}; rebuild it with: qa index"
        )
    try:
        text = (folder / "story.txt").read_bytes().decode("utf-8")
        story = Story(manifest.story_id, text, manifest.source)
        spans = [json.loads(line) for line in _lines(folder / "passages.jsonl")]
        passages = [Passage(i, story.story_id, text[a:b], a, b) for i, (a, b) in enumerate(spans)]
        parses = StoredParses(_lines(folder / "parses.jsonl"), passages)
        dense = DenseStore.load(folder / "vectors.faiss")
        lexical = LexicalStore.load(folder / "bm25")
        associative = AssociativeStore.load(folder / "words")
        cast = Cast.from_json(json.loads((folder / "cast.json").read_text("utf-8")))
        counts = {len(passages), len(dense), len(lexical), len(associative), manifest.passages}
        if len(counts) != 1 or dense.dimension != manifest.dimension:
            raise ValueError(f"counts disagree: {sorted(counts)}")
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise IndexCorruptError(
            f"index {shown(folder)} cannot be read ({shown(error)}); rebuild it with: qa index"
        ) from error
    return StoryIndex(story, passages, parses, dense, lexical, associative, cast)


def kept_story(folder: Path) -> Story | None:
    """Return the story text kept with an index if it is whole, so that it can be rebuilt."""
    try:
        manifest = read_manifest(folder)
        text = (folder / "story.txt").read_bytes().decode("utf-8")
    except (IndexCorruptError, OSError, ValueError):
        return None
    story = Story(manifest.story_id, text, manifest.source)
    return story if story.sha256 == manifest.story_sha256 else None


def _write_files(index: StoryIndex, encoder: Encoder, folder: Path) -> None:
    (folder / "story.txt").write_bytes(index.story.text.encode("utf-8"))
    _write_lines(folder / "passages.jsonl", (json.dumps([p.start, p.end]) for p in index.passages))
    pairs = zip(index.parses, index.passages, strict=True)
    _write_lines(folder / "parses.jsonl", (parse_line(tokens, p) for tokens, p in pairs))
    index.dense.save(folder / "vectors.faiss")
    index.lexical.save(folder / "bm25")
    index.associative.save(folder / "words")
    (folder / "cast.json").write_text(json.dumps(index.cast.to_json(), indent=1), "utf-8")
    manifest = Manifest(
        format_version=FORMAT_VERSION,
        story_id=index.story.story_id,
        source=index.story.source,
        story_sha256=index.story.sha256,
        encoder=encoder.name,
        encoder_digest=encoder.digest,
        dimension=index.dense.dimension,
        passages=len(index.passages),
        splitter_version=SPLITTER_VERSION,
        language_model=language_version(),
        files={str(f.relative_to(folder)): _digest(f) for f in _files(folder)},
    )
    # In ASCII: the name of a file need not be valid Unicode.
    text = json.dumps(asdict(manifest), indent=1)
    (folder / "manifest.json").write_text(text, "utf-8")


def _altered(folder: Path, manifest: Manifest) -> Iterator[str]:
    for name in ("story.txt", "passages.jsonl", "parses.jsonl", "cast.json", "vectors.faiss"):
        if name not in manifest.files:
            yield f"the manifest does not list {name}"
    for name, digest in manifest.files.items():
        path = folder / name
        if not path.is_file():
            yield f"{name} is missing"
        elif _digest(path) != digest:
            yield f"{name} does not have the digest that the manifest lists"


def _files(folder: Path) -> list[Path]:
    return sorted(f for f in folder.rglob("*") if f.is_file() and f.name != "manifest.json")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_lines(path: Path, lines: Iterator[str]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(line + "\n" for line in lines)


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").split("\n")[:-1]
