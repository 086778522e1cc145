"""From `tagger.pt` to what ships: `python -m training.names.export --minilm M --tagger T --out W`.

Writes `names.onnx` (int8), `vocabulary.txt.gz` and `names.json` (kinds, window, thresholds,
hashes), and says how many decisions the int8 weights change.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from training.names import graph, sources
from training.names.encode import Window, encode
from training.names.generate import Generator
from training.names.model import Tagger
from training.names.pools import Pools
from training.names.text import CALLED, KINDS

from bench.boundary.data import data_folder
from doorstep.boundary.detect.classifier import own_hash
from doorstep.boundary.detect.wordpiece import WordPiece

WINDOW = 144  # pieces of a window at run time
_LONGEST = 256
_EQUAL = dict.fromkeys(KINDS, 0.5)


def calibration(pieces: WordPiece, rows: str, count: int) -> list[Window]:
    """Windows of every source, the same ones every time."""
    texts = sources.texts(data_folder(), rows)  # type: ignore[arg-type]
    random.Random(5).shuffle(texts)
    generator = Generator(Pools(5))
    texts = [*texts[: 2 * count], *(generator.text() for _ in range(count))]
    windows = [w for text in texts for w in encode(text, pieces, WINDOW)]
    random.Random(6).shuffle(windows)
    return windows[:count]


def ranges_of(model: Tagger, windows: Sequence[Window]) -> dict[str, graph.Range]:
    """Lowest and highest input of each linear map over the windows."""
    seen: dict[str, graph.Range] = {}

    def note(name: str, x: Tensor) -> None:
        low, high = seen.get(name, (0.0, 0.0))
        seen[name] = min(low, float(x.min())), max(high, float(x.max()))

    hooks = [
        part.register_forward_hook(lambda _, x, __, name=name: note(name, x[0]))
        for name, part in model.named_modules()
        if isinstance(part, nn.Linear)
    ]
    for window in windows:
        chances_of(model, window)
    for hook in hooks:
        hook.remove()
    return seen


def chances_of(model: Tagger, window: Window) -> Tensor:
    with torch.no_grad():
        ids, shapes = torch.tensor([window.ids]), torch.tensor([window.shapes])
        chances: Tensor = model(ids, shapes, torch.tensor([len(window.ids)])).softmax(-1)[0]
        return chances


def changed(model: Tagger, onnx: bytes, windows: Sequence[Window]) -> str:
    """How many pieces are private by one and not by the other (at 0.5)."""
    import onnxruntime

    session = onnxruntime.InferenceSession(onnx, providers=["CPUExecutionProvider"])
    total = other = private = 0
    for w in windows:
        feed = {"ids": np.array([w.ids]), "shapes": np.array([w.shapes])}
        feed["mask"] = np.ones((1, len(w.ids)), np.int32)
        small = session.run(None, feed)[0][0, :, 0] < 0.5
        large = chances_of(model, w)[:, 0].numpy() < 0.5
        total += len(small)
        other += int((small != large).sum())
        private += int(large.sum())
    return f"int8 changes {other} of {total} decisions ({private} private): {other / total:.2%}"


def export(minilm: Path, tagger: Path, out: Path, windows: int) -> None:
    """Writes the three files; thresholds that are there stay."""
    torch.set_num_threads(1)
    vocabulary = (minilm / "vocab.txt").read_text(encoding="utf-8").strip("\n")
    pieces = WordPiece(vocabulary.split("\n"))
    model = Tagger()
    model.load_state_dict(torch.load(tagger))
    model.eval()
    ranges = ranges_of(model, calibration(pieces, "train", windows))
    weights = {name: value.float().numpy() for name, value in model.state_dict().items()}
    onnx = graph.build(weights, ranges, _LONGEST).SerializeToString()
    print(changed(model, onnx, calibration(pieces, "tune", windows)))
    files = {
        "names.onnx": onnx,
        "vocabulary.txt.gz": gzip.compress(vocabulary.encode(), 9, mtime=0),
    }
    out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (out / name).write_bytes(content)
    card = out / "names.json"
    old = json.loads(card.read_text(encoding="utf-8")) if card.is_file() else {}
    new = {
        "kinds": list(KINDS),
        "called": CALLED,
        "window": WINDOW,
        "thresholds": old.get("thresholds") or {"names": _EQUAL, "strict": _EQUAL},
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    new["own_sha256"] = own_hash(new)
    card.write_text(json.dumps(new, indent=1) + "\n", encoding="utf-8")
    print({name: len(content) for name, content in files.items()})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minilm", type=Path, required=True)
    parser.add_argument("--tagger", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--windows", type=int, default=120, help="to calibrate and compare on")
    export(**vars(parser.parse_args()))


if __name__ == "__main__":
    main()
