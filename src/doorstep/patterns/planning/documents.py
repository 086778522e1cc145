"""Tools over a folder of text files: search, read, and the day on which something happened.

What a document says is data: it is found, quoted and read, and never taken as an instruction.
Nothing outside the folder is read, wherever a link or a name may lead.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from doorstep._errors import BadInput
from doorstep.patterns.planning.dates import find_dates
from doorstep.patterns.planning.kinds import File
from doorstep.patterns.planning.tools import StepFailed, Tool, tool

SUFFIXES = (".md", ".txt", ".text", ".org", ".rst")
MAX_FILE = 5_000_000  # bytes
MAX_FILES = 20_000
MOST_PASSAGES = 50
_K1, _B = 1.2, 0.75  # the usual constants of BM25
_WORD = re.compile(r"[^\W_]+")
_ENDINGS = re.compile(r"(?:'s|’s|ies|es|s|ing|ed)$")
_SENTENCE = re.compile(r"[^.!?\n]+(?:\.(?=\d)[^.!?\n]*)*[.!?\n]*")
_WRAPPED = re.compile(r"\n(?![-*#|>\d])")  # a line that goes on, no item of a list
_TELLING = 3  # letters


@dataclass(frozen=True, slots=True, repr=False)
class Passage:
    """A paragraph of a document. `dated` is the day that it, or its file, is of; "" unknown."""

    file: str
    text: str
    dated: str


def documents(root: Path | str) -> tuple[Tool, ...]:
    """The tools `search`, `read_file` and `date_of` over the text files under `root`.

    The folder is read at each call, so that what is new is found. BadInput if there is none.
    """
    folder = Folder(Path(root))

    def search(query: str, limit: int = 5) -> list[Passage]:
        """The passages of the private notes that fit a query best."""
        return list(folder.search(query, limit))

    def read_file(file: File) -> str:
        """All text of one of the files that a search named."""
        return folder.read(file)

    def date_of(event: str) -> date:
        """The day on which something happened, as the private notes tell it."""
        return folder.date_of(event)

    return tool(search), tool(read_file), tool(date_of)


class Folder:
    """The text files under a folder."""

    def __init__(self, root: Path) -> None:
        if not root.is_dir():
            raise BadInput("The folder of the documents does not exist.", hint="Look at the path.")
        self._root = root.resolve()

    def read(self, name: str) -> str:
        """StepFailed for what is outside, missing, too large, or no text."""
        return self._text(self._inside(name))

    def search(self, query: str, limit: int) -> Sequence[Passage]:
        """Ranked by BM25 (Robertson and Zaragoza 2009), words without their endings."""
        passages = list(self._passages())
        scores = _bm25(_stems(query), [_stems(f"{one.file} {one.text}") for one in passages])
        ranked = sorted(range(len(passages)), key=lambda at: (-scores[at], at))
        most = max(1, min(limit, MOST_PASSAGES))
        return [passages[at] for at in ranked[:most] if scores[at] > 0]

    def date_of(self, event: str) -> date:
        """The date nearest to the event's words, in the sentence that has most of them; where
        none has a date, the day of the passage that fits best. StepFailed without either."""
        wanted = set(_stems(event))
        found = self.search(event, 10)
        sentences = [s for one in found for s in _SENTENCE.findall(_WRAPPED.sub(" ", one.text))]
        best = sorted(sentences, key=lambda s: -len(wanted & set(_stems(s))))
        for sentence in best:
            dates = list(find_dates(sentence))
            if dates and wanted & set(_stems(sentence)):
                return _nearest(sentence, dates, wanted)
        dated = [date.fromisoformat(one.dated) for one in found if one.dated]
        if not dated:
            raise StepFailed("no_date_found")
        return dated[0]

    def _inside(self, name: str) -> Path:
        if not name or "\0" in name:
            raise StepFailed("not_a_file_of_the_folder")
        try:
            path = (self._root / name).resolve(strict=True)
        except (OSError, RuntimeError, ValueError):
            raise StepFailed("not_a_file_of_the_folder") from None
        if not path.is_relative_to(self._root) or path.suffix.lower() not in SUFFIXES:
            raise StepFailed("not_a_file_of_the_folder")
        return path

    def _text(self, path: Path) -> str:
        try:
            if not path.is_file() or path.stat().st_size > MAX_FILE:
                raise StepFailed("file_too_large_or_not_text")
            return path.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            raise StepFailed("file_too_large_or_not_text") from None

    def _passages(self) -> Iterator[Passage]:
        paths = sorted(p for p in self._root.rglob("*") if p.suffix.lower() in SUFFIXES)
        for path in paths[:MAX_FILES]:
            name = path.relative_to(self._root).as_posix()
            try:
                text = self._text(self._inside(name))
            except StepFailed:
                continue  # a link that leads out, a file that is no text
            day = _day(name, text)
            for part in re.split(r"\n\s*\n", text):
                if part.strip():
                    yield Passage(name, part.strip(), day)


def _day(name: str, text: str) -> str:
    """The day of a document: in its name, or in its first line."""
    head = text.lstrip().partition("\n")[0]
    dates = [*find_dates(name), *find_dates(head)]
    return dates[0][1].isoformat() if dates else ""


def _nearest(sentence: str, dates: Sequence[tuple[int, date, str]], wanted: set[str]) -> date:
    places = [m.start() for m in _WORD.finditer(sentence) if _stem(m[0]) in wanted]
    return min(dates, key=lambda one: min(abs(one[0] - place) for place in places))[1]


def _stems(text: str) -> list[str]:
    return [_stem(word) for word in _WORD.findall(text)]


def _stem(word: str) -> str:
    low = word.lower()
    bare = _ENDINGS.sub("", low)
    return bare if len(bare) >= _TELLING else low


def _bm25(query: Sequence[str], texts: Sequence[Sequence[str]]) -> list[float]:
    counts = [Counter(text) for text in texts]
    mean = sum(map(len, texts)) / len(texts) if texts else 1.0
    scores = [0.0] * len(texts)
    for word in set(query):
        having = sum(word in count for count in counts)
        weight = math.log(1 + (len(texts) - having + 0.5) / (having + 0.5))
        for at, count in enumerate(counts):
            if times := count[word]:
                norm = _K1 * (1 - _B + _B * len(texts[at]) / mean)
                scores[at] += weight * times * (_K1 + 1) / (times + norm)
    return scores
