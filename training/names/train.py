"""From data to weights: `python -m training.names.train --minilm MODEL_FOLDER --out FOLDER`.

Reads the rows of the share "train" of the public sets and texts that it generates; the same seed
and number of steps give the same texts in the same order. Writes `tagger.pt` (float32, averaged
over the last steps) every 200 steps; `export.py` makes of it what is shipped.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional
from training.names import sources
from training.names.encode import ANY_CLASS, Window, encode
from training.names.generate import Generator
from training.names.model import Tagger, from_minilm
from training.names.noise import Noise, joined
from training.names.pools import Pools
from training.names.text import Text

from bench.boundary.data import data_folder
from doorstep.boundary.detect.wordpiece import WordPiece

# How often each text of a source comes in a round; the generator makes 2,400 new ones a round.
_TIMES = {"pupa": 1.5, "pupa_replies": 0.5, "synth": 2.0, "tab": 1.3, "wnut": 0.5, "mmlu": 0.12}
_GENERATED = 2400
_PIECES = 3072  # of a batch, padding included
_HIDDEN = 0.15  # share of private pieces that are hidden
_AVERAGE = 0.995
_WARM = 60  # steps until the full rate


class Feed:
    """Batches without end: rounds over the sources, each text changed anew."""

    def __init__(self, texts: list[Text], pieces: WordPiece, seed: int) -> None:
        self._texts, self._pieces = texts, pieces
        self._random = random.Random(seed)
        self._pools = Pools(seed)
        self._noise = Noise(self._pools)
        self._generator = Generator(self._pools)

    def __iter__(self) -> Iterator[list[Window]]:
        while True:
            limit = self._random.choice((96, 128, 160, 160, 192))
            windows = [w for text in self._round() for w in encode(text, self._pieces, limit)]
            for window in windows:
                self._hide(window)
            windows.sort(key=lambda w: len(w.ids) + self._random.random() * 8)
            batches = list(_batches(windows))
            self._random.shuffle(batches)
            yield from batches

    def _hide(self, window: Window) -> None:
        """Some pieces are not shown, more of the private ones: their surroundings must do."""
        for at in range(1, len(window.ids) - 1):
            if self._random.random() < (_HIDDEN if window.classes[at] else _HIDDEN / 4):
                window.ids[at] = self._pieces.hidden

    def _round(self) -> Iterator[Text]:
        texts = [t for t in self._texts for _ in range(self._often(t))]
        texts += [self._generator.text() for _ in range(_GENERATED)]
        self._random.shuffle(texts)
        while texts:
            text = self._noise(texts.pop())
            if texts and text.source != "tab" and self._random.random() < 0.06:
                text = joined(text, self._noise(texts.pop()))
            yield text

    def _often(self, text: Text) -> int:
        times = _TIMES[text.source]
        return int(times) + (self._random.random() < times % 1)


def _batches(windows: list[Window]) -> Iterator[list[Window]]:
    batch: list[Window] = []
    for window in windows:
        if batch and (len(batch) + 1) * len(window.ids) > _PIECES:
            yield batch
            batch = []
        batch.append(window)
    if batch:
        yield batch


def loss_of(model: Tagger, batch: list[Window]) -> Tensor:
    """Weighted cross-entropy; where the kind is not known, of "private, whatever the kind"."""
    width = max(len(w.ids) for w in batch)

    def padded(rows: list[list[int]] | list[list[float]], kind: torch.dtype) -> Tensor:
        return torch.tensor([[*row, *([0] * (width - len(row)))] for row in rows], dtype=kind)

    ids = padded([w.ids for w in batch], torch.long)
    shapes = padded([w.shapes for w in batch], torch.long)
    classes = padded([w.classes for w in batch], torch.long)
    weights = padded([w.weights for w in batch], torch.float)
    lengths = torch.tensor([len(w.ids) for w in batch])
    with torch.autocast("cpu", torch.bfloat16):
        scores = model(ids, shapes, lengths)
    logs = functional.log_softmax(scores.float(), -1)
    known = logs.gather(-1, classes.clamp(min=0)[..., None])[..., 0]
    private = torch.logsumexp(logs[..., 1:], -1)
    per_piece = -torch.where(classes == ANY_CLASS, private, known)
    return (per_piece * weights).sum() / weights.sum().clamp(min=1.0)


def train(
    minilm: Path, out: Path, *, start: Path | None, steps: int, rate: float, seed: int, threads: int
) -> Path:
    """Trains for `steps` batches from `start` or from MiniLM itself; the path of the weights."""
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    vocabulary = (minilm / "vocab.txt").read_text(encoding="utf-8").split("\n")
    pieces = WordPiece([x for x in vocabulary if x])
    feed = iter(Feed(sources.texts(data_folder()), pieces, seed))
    model = from_minilm(minilm / "model.safetensors")
    if start:
        model.load_state_dict(torch.load(start))
    average = {name: value.clone() for name, value in model.state_dict().items()}
    optimiser = _optimiser(model, rate)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda n: min((n + 1) / _WARM, max(0.02, (steps - n) / steps))
    )
    out.mkdir(parents=True, exist_ok=True)
    started, seen, total = time.time(), 0, 0.0
    for step in range(1, steps + 1):
        batch = next(feed)
        loss = loss_of(model, batch)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        keep = min(_AVERAGE, step / (step + 10))
        for name, value in model.state_dict().items():
            average[name].lerp_(value, 1 - keep)
        seen += sum(len(w.ids) for w in batch)
        total += loss.item()
        if step % 20 == 0:
            speed = seen / (time.time() - started)
            print(f"step {step} loss {total / 20:.4f} pieces/s {speed:.0f}", flush=True)
            total = 0.0
        if step % 200 == 0 or step == steps:
            torch.save(average, out / "tagger.part")
            (out / "tagger.part").replace(out / "tagger.pt")
    return out / "tagger.pt"


def _optimiser(model: Tagger, rate: float) -> torch.optim.Optimizer:
    """What is new learns five times as fast as what comes from MiniLM."""
    fresh = [p for n, p in model.named_parameters() if n.startswith(("head", "shapes"))]
    rest = [p for n, p in model.named_parameters() if not n.startswith(("head", "shapes"))]
    groups = [{"params": rest, "lr": rate}, {"params": fresh, "lr": 5 * rate}]
    return torch.optim.AdamW(groups, weight_decay=0.01, betas=(0.9, 0.98))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minilm", type=Path, required=True, help="folder of the MiniLM weights")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="a tagger.pt to go on from")
    parser.add_argument("--steps", type=int, default=1250)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    train(**vars(parser.parse_args()))


if __name__ == "__main__":
    main()
