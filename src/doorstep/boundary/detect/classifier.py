"""Names, and what else is private by its context: a small token classifier on the CPU.

The model (`weights/MODEL_CARD.md`) was trained by `training/names` and lies beside this file; it
is read from there and nothing is ever fetched. A text is cut into windows of about a hundred
words; every piece gets a chance of being private and a kind. Scales of activations are fixed in
the model, so what is found in a text depends on that text alone.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from doorstep._errors import ConfigError
from doorstep.boundary.detect import Finding
from doorstep.boundary.detect.wordpiece import CASE_NONE, GAP_NONE, WordPiece, Words, windows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Integers = NDArray[np.int64]

Level = Literal["names", "strict"]

_FOLDER = Path(__file__).parent / "weights"
_CARD, _MODEL, _VOCABULARY = "names.json", "names.onnx", "vocabulary.txt.gz"
_BATCH = 512  # pieces that are computed at a time, padding included
_REMEMBERED = 2048  # windows
# Words that are never private at the end of a finding; passed on as values they would mask much.
# A title is no part of a name: "Mr" says nothing, and its bearer is found without it.
_SMALL = (
    "the of and in at on for to by from with s mr mrs ms miss dr prof sir madam mme mlle herr frau"
)
# A word beside a private one joins it from this share of its own threshold on.
_BESIDE = 0.5


@dataclass(frozen=True, slots=True, repr=False)
class _Window:
    """Some words of one text, as the model reads them."""

    text: int
    first: int
    last: int
    ids: tuple[int, ...]
    shapes: tuple[int, ...]
    begins: tuple[int, ...]


@dataclass(frozen=True, slots=True, repr=False)
class _Judged:
    """For each word of a window: chance of being private, number of its kind, whether it begins."""

    chances: Floats
    kinds: Integers
    begins: NDArray[np.bool_]


class Classifier:
    """Finds people, organisations, places, addresses, dates and the like.

    `thresholds`: "names" for what is private as far as can be told, "strict" to be rather safe.
    `folder`: weights other than the ones that ship. `threads`: of onnxruntime.
    Raises ConfigError if the extra "names" is not installed or the weights are not whole.
    """

    def __init__(
        self, thresholds: Level = "names", folder: Path | None = None, *, threads: int = 1
    ) -> None:
        folder = folder or _FOLDER
        card = _card(folder)
        self._session = _session(_whole(folder, _MODEL, card), threads)
        words = gzip.decompress(_whole(folder, _VOCABULARY, card)).decode("utf-8")
        self._pieces = WordPiece(words.split("\n"))
        self._small = frozenset(self._pieces.words(_SMALL).pieces)
        self._kinds: tuple[str, ...] = tuple(card["kinds"])
        self._called = tuple(card.get("called", {}).get(kind, kind) for kind in self._kinds)
        self._limit = int(card["window"]) - 2
        limits = card["thresholds"].get(thresholds)
        if limits is None:
            raise ConfigError(
                f"The classifier has no thresholds of the name {str(thresholds)[:20]!r}.",
                hint=f"It has {', '.join(card['thresholds'])}.",
            )
        self._thresholds = tuple(float(limits[kind]) for kind in self._kinds)
        self._known: dict[bytes, _Judged] = {}

    @staticmethod
    def available(folder: Path | None = None) -> bool:
        """Whether the extra is installed and the weights are there."""
        installed = all(importlib.util.find_spec(x) for x in ("onnxruntime", "numpy"))
        return bool(installed) and ((folder or _FOLDER) / _CARD).is_file()

    def find(self, text: str) -> list[Finding]:
        return self.find_all([text])[0]

    def find_all(self, texts: Sequence[str]) -> list[list[Finding]]:
        """The findings in each text. Many short texts at once are cheaper than one by one."""
        words = [self._pieces.words(text) for text in texts]
        found: list[list[Finding]] = [[] for _ in texts]
        cut = [window for number, of in enumerate(words) for window in self._cut(number, of)]
        for window, judged in zip(cut, self._judge(cut), strict=True):
            found[window.text] += self._spans(words[window.text], window, judged)
        return found

    def _cut(self, number: int, words: Words) -> Iterator[_Window]:
        for first, last in windows(words, self._limit):
            ids, shapes, begins = [self._pieces.first], [0], []
            for at in range(first, last):
                begins.append(len(ids))
                ids += words.pieces[at]
                shapes += [words.shapes[at]] * len(words.pieces[at])
            ids.append(self._pieces.last)
            shapes.append(0)
            yield _Window(number, first, last, tuple(ids), tuple(shapes), tuple(begins))

    def _judge(self, cut: Sequence[_Window]) -> list[_Judged]:
        """What the model says of each window; the same window is computed once."""
        keys = [hashlib.sha256(repr((w.ids, w.shapes)).encode()).digest() for w in cut]
        judged = {key: self._known[key] for key in keys if key in self._known}
        new = {key: w for key, w in zip(keys, cut, strict=True) if key not in judged}
        for batch in _batches(sorted(new.items(), key=lambda item: len(item[1].ids))):
            chances = self._run([window for _, window in batch])
            for row, (key, window) in enumerate(batch):
                judged[key] = self._by_word(chances[row], window)
        if len(self._known) + len(new) > _REMEMBERED:
            self._known.clear()
        self._known.update((key, judged[key]) for key in list(new)[:_REMEMBERED])
        return [judged[key] for key in keys]

    def _run(self, batch: Sequence[_Window]) -> Floats:
        """Chances of every class for every piece, (window, piece, class)."""
        import numpy as np

        shape = len(batch), max(len(w.ids) for w in batch)
        ids, shapes = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        mask = np.zeros(shape, np.int32)
        for row, window in enumerate(batch):
            size = len(window.ids)
            ids[row, :size], shapes[row, :size], mask[row, :size] = window.ids, window.shapes, 1
        chances: Floats = self._session.run(None, {"ids": ids, "shapes": shapes, "mask": mask})[0]
        return chances

    def _by_word(self, chances: Floats, window: _Window) -> _Judged:
        """Pieces joined to words: the most private piece counts, all say of which kind."""
        import numpy as np

        begins = np.array(window.begins)
        pieces = chances[: len(window.ids) - 1]
        private = np.maximum.reduceat(1 - pieces[:, 0], begins)
        summed = np.add.reduceat(pieces, begins)
        kinds = (summed[:, 1::2] + summed[:, 2::2]).argmax(1)
        first = pieces[begins]
        rows = np.arange(len(begins))
        begin = first[rows, 1 + 2 * kinds] > first[rows, 2 + 2 * kinds]
        return _Judged(private.astype(np.float32), kinds, begin)

    def _spans(self, words: Words, window: _Window, judged: _Judged) -> Iterator[Finding]:
        """Private words in a row are one finding, without small words at its ends."""
        chances, kinds = judged.chances.tolist(), judged.kinds.tolist()
        part = slice(window.first, window.last)
        marks = [shape // 3 == CASE_NONE for shape in words.shapes[part]]
        begins = [
            begin and not (mark and shape % 3 == GAP_NONE)
            for begin, mark, shape in zip(
                judged.begins.tolist(), marks, words.shapes[part], strict=True
            )
        ]
        for at in range(1, len(kinds)):
            kinds[at] = kinds[at - 1] if marks[at] else kinds[at]
        idle = [m or p in self._small for m, p in zip(marks, words.pieces[part], strict=True)]
        for run in _runs(self._private(chances, kinds), begins):
            start, end = _trimmed(idle, *run)
            if start > end:
                continue
            kind = self._called[Counter(kinds[start : end + 1]).most_common(1)[0][0]]
            top = max(chances[start : end + 1])
            yield Finding(
                words.starts[window.first + start],
                words.ends[window.first + end],
                kind,
                f"name model {top:.2f}",
            )

    def _private(self, chances: list[float], kinds: list[int]) -> list[bool]:
        """Which words are private: those over their threshold, and those nearly so beside them."""
        limits = [self._thresholds[kind] for kind in kinds]
        out = [chance >= limit for chance, limit in zip(chances, limits, strict=True)]
        for at in range(1, len(out)):
            out[at] = out[at] or (out[at - 1] and chances[at] >= _BESIDE * limits[at])
        for at in range(len(out) - 2, -1, -1):
            out[at] = out[at] or (out[at + 1] and chances[at] >= _BESIDE * limits[at])
        return out


def _runs(private: list[bool], begins: list[bool]) -> Iterator[tuple[int, int]]:
    """First and last word of each run of private words; a "begin" starts a new one.

    A word that says "inside" goes on with what stands before it, even if it is of another kind:
    street and town are one address.
    """
    start = -1
    for at, goes_on in enumerate([*private, False]):
        if start >= 0 and (not goes_on or begins[at]):
            yield start, at - 1
            start = -1
        if goes_on and start < 0:
            start = at


def _trimmed(idle: list[bool], start: int, end: int) -> tuple[int, int]:
    """The run without idle words at its ends; empty (start > end) if it has no others."""
    while start <= end and idle[start]:
        start += 1
    while start <= end and idle[end]:
        end -= 1
    return start, end


def _batches(
    items: Iterable[tuple[bytes, _Window]],
) -> Iterator[list[tuple[bytes, _Window]]]:
    """Windows, shortest first, as many at a time as `_BATCH` pieces allow."""
    batch: list[tuple[bytes, _Window]] = []
    for item in items:
        if batch and (len(batch) + 1) * len(item[1].ids) > _BATCH:
            yield batch
            batch = []
        batch.append(item)
    if batch:
        yield batch


def _card(folder: Path) -> dict[str, Any]:
    try:
        card: dict[str, Any] = json.loads((folder / _CARD).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _damaged(_CARD) from error
    if not isinstance(card, dict) or card.get("own_sha256") != own_hash(card):
        raise _damaged(_CARD)
    return card


def own_hash(card: Mapping[str, object]) -> str:
    """SHA-256 of a card without this hash: a threshold that got lost would be a silent leak."""
    rest = {name: value for name, value in card.items() if name != "own_sha256"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def _whole(folder: Path, name: str, card: dict[str, Any]) -> bytes:
    """The bytes of a file whose hash stands in the card."""
    try:
        content = (folder / name).read_bytes()
    except OSError as error:
        raise _damaged(name) from error
    if hashlib.sha256(content).hexdigest() != card.get("sha256", {}).get(name):
        raise _damaged(name)
    return content


def _damaged(name: str) -> ConfigError:
    return ConfigError(
        f"The classifier's file {name} is missing or damaged.",
        hint="Install Doorstep again.",
    )


def _session(model: bytes, threads: int) -> Any:
    try:
        import numpy  # noqa: F401
        import onnxruntime
    except ImportError as error:
        raise ConfigError(
            "The classifier needs onnxruntime, which is not installed.",
            hint='Install it: pip install "doorstep[names]".',
        ) from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4  # nothing of a text may get into a log
    options.enable_cpu_mem_arena = True
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
