"""The boundary, judged: ours at three levels and other tools, on the same rows, in one run.

    python -m bench.boundary --install-baselines     # once: the other tools, in .cache/baselines
    python -m bench.boundary                         # the whole table, on rows held out for tests
    python -m bench.boundary --rows tune --only pupa,synth --level names --ours

Figures on test rows are for publishing only: nobody tunes on them. What a figure means is said in
`metrics.py`, which rows are which in `data.py`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

if __package__ in (None, ""):  # started as `python bench/boundary`
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from bench.boundary import accuracy, data, report, speed, tables, tools
from bench.boundary.data import NoData
from bench.boundary.figures import Figure
from bench.boundary.tables import SETS
from bench.boundary.tools import Unscored

PARTS = (*SETS, "speed", "later", "mangled")
_TITLES = {
    "speed": "Speed, one thread, rounds interleaved (rows to train on; each text once)",
    "later": "Known values in any later field or turn, on the bytes that a real server received",
    "mangled": "Placeholders as models spell them, and one wrong letter",
}


def main() -> None:
    options = _options()
    if options.install_baselines:
        tools.install(_say)
        return
    figures, titles = _measure(options)
    if options.json:
        print(json.dumps(report.as_json(figures, options.only), indent=1))
    else:
        print(report.text(figures, titles, options.only))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.boundary", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--rows", choices=data.SHARES, default="test")
    parser.add_argument("--level", choices=[tool.name for tool in tools.OURS], action="append")
    parser.add_argument("--only", help=f"some of {','.join(PARTS)}", type=_parts, default=PARTS)
    parser.add_argument("--ours", action="store_true", help="leave the other tools out")
    parser.add_argument("--data", help="folder of the data sets (else DOORSTEP_DATA)")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--install-baselines", action="store_true")
    return parser.parse_args()


def _parts(value: str) -> tuple[str, ...]:
    asked = tuple(value.split(","))
    if unknown := [part for part in asked if part not in PARTS]:
        raise argparse.ArgumentTypeError(f"no part {unknown[0]!r}; there are {', '.join(PARTS)}")
    return asked


def _measure(options: argparse.Namespace) -> tuple[list[Figure], dict[str, str]]:
    folder = data.data_folder(options.data)
    ours = [tool for tool in tools.OURS if tool.name in (options.level or tool.name)]
    running = [*ours, *(() if options.ours else tools.OTHERS)]
    found = tables.tables(folder, options.rows, [p for p in options.only if p in SETS])
    for line in found:
        if isinstance(line, str):
            _say(line)
    made = [table for table in found if not isinstance(table, str)]
    figures = accuracy.accuracy(running, made, _say) if made else []
    if "speed" in options.only:
        timed = [tools.HYPERSCAN, *running] if tools.OURS[0] in ours else running
        figures += _part("speed", lambda: speed.speed(folder, timed, _say))
    if "later" in options.only:
        figures += _part("later", _later)
    if "mangled" in options.only:
        figures += _part("mangled", _mangled)
    return figures, {**_TITLES, **{table.name: table.title for table in made}}


def _later() -> Sequence[Figure]:
    from bench.boundary.later import later

    _say("sending conversations to a server on loopback ...")
    return later()


def _mangled() -> Sequence[Figure]:
    from bench.boundary.mangled import mangled

    return mangled()


def _part(name: str, measure: Callable[[], Sequence[Figure]]) -> Sequence[Figure]:
    try:
        return measure()
    except (NoData, ImportError, Unscored) as error:
        _say(f"{name}: could not be scored: {error}")
        return []


def _say(line: str) -> None:
    """Progress goes to stderr, so that stdout holds the figures only."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
