"""A folder is searched and read, and nothing outside of it, wherever a name or a link leads."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from doorstep import BadInput
from doorstep.patterns.planning.documents import MAX_FILE, Folder, documents
from doorstep.patterns.planning.tools import StepFailed

SECRET = "the combination is 4711"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "notes"
    (root / "deep").mkdir(parents=True)
    (tmp_path / "secret.md").write_text(SECRET)
    (tmp_path / "notes-of-others").mkdir()
    (tmp_path / "notes-of-others" / "x.md").write_text(SECRET)
    (root / "2026-02-18-storm.md").write_text(
        "# After the storm\n\nWe met on 3 January 2026. The storms came in the\nnight of 14 "
        "February 2026, v1.2 of them, not on 2026-02-20!\n\nThe roof held until 2 March 2026."
    )
    (root / "deep" / "garden.txt").write_text("Garden: 2026-04-01\n\nSeeds, soil and a fence.")
    (root / "plain.md").write_text("The boiler was mended.")
    return root


@pytest.mark.parametrize(
    "name",
    [
        "../secret.md",
        "deep/../../secret.md",
        "../notes-of-others/x.md",
        "deep",
        "",
        ".",
        "nowhere.md",
        "plain.md\0.txt",
        "link.md",
        "folder/x.md",
        "loop.md",
        "config.toml",
        "~/secret.md",
        "x" * 5000,
    ],
)
def test_what_is_outside_is_not_read(root: Path, name: str) -> None:
    (root / "link.md").symlink_to(root.parent / "secret.md")
    (root / "folder").symlink_to(root.parent / "notes-of-others")
    (root / "loop.md").symlink_to(root / "loop.md")
    (root / "config.toml").write_text("key = 1")
    folder = Folder(root)
    with pytest.raises(StepFailed) as caught:
        folder.read(name)
    assert name == "" or name not in str(caught.value)
    with pytest.raises(StepFailed):
        folder.read(str(root.parent / "secret.md"))
    assert folder.search("combination", 10) == []


def test_a_link_within_the_folder_is_fine(root: Path) -> None:
    (root / "also.md").symlink_to(root / "plain.md")
    assert Folder(root).read("also.md") == "The boiler was mended."


def test_what_is_too_large_or_no_text_is_not_read(root: Path) -> None:
    with (root / "huge.md").open("wb") as file:
        os.truncate(file.fileno(), MAX_FILE + 1)
    (root / "picture.md").write_bytes(b"\xff\xfe\x00boiler")
    os.mkfifo(root / "pipe.md")
    folder = Folder(root)
    for name in ("huge.md", "picture.md", "pipe.md"):
        with pytest.raises(StepFailed, match="too_large_or_not_text"):
            folder.read(name)
    assert [one.file for one in folder.search("boiler", 5)] == ["plain.md"]


def test_the_best_passages_come_first(root: Path) -> None:
    folder = Folder(root)
    (first, *rest) = folder.search("storm", 5)
    assert first.file == "2026-02-18-storm.md" and first.dated == "2026-02-18"
    assert folder.search("fences in gardens", 2)[0].file == "deep/garden.txt"
    assert folder.search("zebra", 5) == [] and len(folder.search("the", 1)) == 1
    assert all(one.file == first.file for one in rest)


@pytest.mark.parametrize(
    ("event", "day"),
    [
        ("storm", date(2026, 2, 14)),  # nearest to the word, not the first in the passage
        ("the storm", date(2026, 2, 14)),
        ("roof", date(2026, 3, 2)),
        ("seeds", date(2026, 4, 1)),  # the day of the file
    ],
)
def test_the_day_of_an_event(root: Path, event: str, day: date) -> None:
    assert Folder(root).date_of(event) == day


@pytest.mark.parametrize("event", ["boiler", "wedding", ""])
def test_no_day_is_said_rather_than_guessed(root: Path, event: str) -> None:
    with pytest.raises(StepFailed, match="no_date_found"):
        Folder(root).date_of(event)


def test_there_has_to_be_a_folder(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        documents(tmp_path / "none")
