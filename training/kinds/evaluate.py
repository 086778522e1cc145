"""How well the reader reads the hand-labelled notes, and what it gets wrong.

python training/kinds/evaluate.py            # counts, all notes and those held back
python training/kinds/evaluate.py --teacher  # with every kind right: devices and times alone
python training/kinds/evaluate.py --show kind --count 20
"""

from __future__ import annotations

import argparse
import collections
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "src")]

import gold  # noqa: E402

from doorstep.household.kinds import KindModel  # noqa: E402

CAUSES = ("device", "time", "kind", "missed", "extra")


def causes(truth: gold.Limits, said: gold.Limits) -> list[str]:
    """Why a reading is not the truth, one word per limit that differs."""
    found = []
    missing, extra = set(truth - said), set(said - truth)
    for device, kind, time in sorted(missing):
        near = {
            "device": [x for x in extra if x[1:] == (kind, time)],
            "time": [x for x in extra if x[:2] == (device, kind) and x[2][2:] == time[2:]],
            "kind": [x for x in extra if (x[0], x[2]) == (device, time)],
        }
        cause = next((c for c, hits in near.items() if hits), "missed")
        if cause != "missed":
            extra.discard(near[cause][0])
        found.append(cause)
    return found + ["extra"] * len(extra)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--teacher", action="store_true", help="give the reader the true kinds")
    parser.add_argument("--show", choices=CAUSES, help="print the notes with this cause")
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--held", action="store_true", help="show notes held back instead")
    args = parser.parse_args()
    model = KindModel.shipped()
    tally: dict[bool, collections.Counter[str]] = {
        True: collections.Counter(),
        False: collections.Counter(),
    }
    for note in gold.labelled():
        used = gold.Teacher(note.limits, model) if args.teacher else model
        reading = gold.read(note, used)
        said = gold.said(reading)
        wrong = causes(note.limits, said)
        count = tally[note.held]
        count.update(set(wrong))
        count["notes"] += 1
        count["exact"] += not wrong
        unsure = bool(reading and reading.doubts)
        count["flagged wrong" if wrong else "flagged right"] += unsure
        if args.show in wrong and args.count and note.held == args.held:
            args.count -= 1
            names = [d.name for d in note.household.devices]
            print(f"{note.id} [{note.household.now}] {names} {note.text}")
            print(f"     lacks {sorted(note.limits - said)}  has {sorted(said - note.limits)}")
    for held, count in tally.items():
        print("held back" if held else "trained on")
        for name in ("notes", "exact", *CAUSES, "flagged wrong", "flagged right"):
            print(f"  {name:14} {count[name]:5} {count[name] / max(1, count['notes']):7.1%}")


if __name__ == "__main__":
    main()
