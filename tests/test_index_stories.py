from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import index.stories
from index.errors import StoryError, StoryNotFoundError
from index.stories import decode_story, load_story, make_story, story_name


def written(folder: Path, data: bytes, name: str = "story.txt") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_story_is_read_character_for_character(tmp_path: Path) -> None:
    path = written(tmp_path, "First.\r\nSecond – “third”.\rFourth \U0001f600\n".encode())
    story = load_story(path)
    assert story.text == "First.\r\nSecond – “third”.\rFourth \U0001f600\n"
    assert story.story_id == "story"
    assert story.source == str(path)


def test_byte_order_mark_is_not_part_of_the_story(tmp_path: Path) -> None:
    assert load_story(written(tmp_path, b"\xef\xbb\xbfOnce.")).text == "Once."


def test_digest_is_that_of_the_utf8_bytes() -> None:
    # printf 'abc' | sha256sum
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert make_story("s", "abc").sha256 == digest


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_text_decodes_to_itself(text: str) -> None:
    data = text.encode()
    if data.startswith(b"\xef\xbb\xbf") or b"\x00" in data[:4096]:
        return
    assert decode_story(data, "story.txt") == text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b" \n\t\r\n ", "is empty"),
        (b"... --- !!!", "has no word"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "looks binary"),
        (b"text with a \x07 bell", "looks binary"),
        ("Grüße".encode("latin-1"), "is not UTF-8: byte 0xfc at byte 2"),
        ("Once.".encode("utf-16"), "is not UTF-8"),
    ],
)
def test_unusable_text_is_refused_in_one_line(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(StoryError, match=message) as caught:
        load_story(written(tmp_path, data))
    assert "\n" not in str(caught.value)
    assert "story" in str(caught.value)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(StoryNotFoundError, match="check the path"):
        load_story(tmp_path / "none.txt")


def test_folder(tmp_path: Path) -> None:
    with pytest.raises(StoryError, match="is a folder"):
        load_story(tmp_path)


@pytest.mark.parametrize("path", ["a\0b.txt", "x" * 5000 + ".txt", "half\ud800.txt"])
def test_path_that_no_system_can_have(path: str) -> None:
    with pytest.raises(StoryError) as caught:
        load_story(path)
    assert len(str(caught.value)) < 300


def test_enormous_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(10**12)  # sparse: takes no space, but no memory would hold it
    with pytest.raises(StoryError, match="1,000,000,000,000 bytes"):
        load_story(path)


def test_size_limit_counts_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.stories, "MAX_BYTES", 10)
    assert load_story(written(tmp_path, b"0123456789")).text == "0123456789"
    with pytest.raises(StoryError, match="more than the 10"):
        load_story(written(tmp_path, b"0123456789a"))


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no /dev/zero here")
def test_endless_device_is_refused() -> None:
    with pytest.raises(StoryError, match="name a regular file"):
        load_story("/dev/zero")


def test_unreadable_file(tmp_path: Path, as_nobody: None) -> None:
    path = written(tmp_path, b"Secret.")
    path.chmod(0)
    with pytest.raises(StoryError, match="Permission denied"):
        load_story(path)


def test_name_of_a_story() -> None:
    assert story_name("folder/the-tale.v2.txt") == "the-tale.v2"
    assert story_name(Path("no-ending")) == "no-ending"


def test_name_that_is_not_unicode(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    with open(path, "wb") as file:  # noqa: PTH123  # pathlib takes no bytes
        file.write(b"Once.")
    assert load_story(os.fsdecode(path)).text == "Once."


def test_half_a_surrogate_pair_is_no_text() -> None:
    with pytest.raises(StoryError, match="surrogate"):
        make_story("s", "half \ud800 pair")
