"""Worker: Doorstep at one level, as `doorstep scan` does it.

`--level rules | names | strict`; `--hyperscan`: with the engine of that extra for the formats.

Doorstep is imported inside the function, so that what is missing is said and not just the end of
a process, and so that loading it counts as loading.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bench.boundary.worker import Mask, Span, serve

if TYPE_CHECKING:
    from doorstep.boundary.detect.levels import Level


def load(level: Level, *, hyperscan: bool = False) -> Mask:
    """What the detectors of `level` find, and every other occurrence of it in the same text."""
    from doorstep.boundary.detect.engines import HyperscanEngine
    from doorstep.boundary.detect.formats import Formats
    from doorstep.boundary.detect.levels import detectors
    from doorstep.boundary.detect.patterns import all_patterns
    from doorstep.boundary.detect.propagate import Propagation
    from doorstep.boundary.scan import Scanner

    formats = Formats(HyperscanEngine(all_patterns())) if hyperscan else None
    scanner = Scanner(detectors(level, formats=formats), propagation=Propagation())

    def masked(texts: Sequence[str]) -> list[list[Span]]:
        return [[(f.start, f.end, f.kind) for f in found] for found in scanner.scan_all(texts)]

    return masked


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--level", choices=("rules", "names", "strict"), required=True)
    parser.add_argument("--hyperscan", action="store_true")
    options = parser.parse_args()
    serve(lambda: load(options.level, hyperscan=options.hyperscan))
