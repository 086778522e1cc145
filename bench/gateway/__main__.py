"""The gateway, judged: ratios to a plain pass-through, from one interleaved run on loopback.

    python -m bench.gateway [--quick] [--json]      # the table
    python -m bench.gateway --correctness 100000    # wrong replies, private values at the upstream
    python -m bench.gateway --soak 30               # minutes; is memory flat?
    python -m bench.gateway --kill 20               # kill -9 under load
    python -m bench.gateway --together              # two workers, two processes, one conversation

Everything is started here, each a process of its own: an upstream that echoes, the pass-through P
(Starlette, uvicorn, aiohttp), the gateway with its durable ledger in a new data folder, the load.
`--litellm COMMAND` measures LiteLLM's proxy, installed by hand, beside it; in the command {port},
{config} and {upstream} are replaced. What a figure is: `figures.py`. Prompts: `prompts.py`.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from bench.gateway import correctness, kill, soak, together
from bench.gateway.figures import Figure, table
from bench.gateway.machine import machine
from bench.gateway.processes import NotStarted, Server
from bench.gateway.ratios import DIRECT, NO_LEDGER, NotClean, figures
from bench.gateway.scenes import Scene, scenes
from bench.gateway.starting import start_and_idle
from bench.gateway.targets import Load, Target, by_hand, gateway, plain, upstream

_STARTING = "start to first answer, idle memory"


def main() -> int:
    options = _options()
    print(machine())
    with tempfile.TemporaryDirectory(prefix="bench-gateway-", dir=options.folder) as name:
        folder = Path(name)
        judged = [run for asked, run in _judgements(options) if asked]
        try:
            if not judged:
                return _table(folder, options)
            return max(int(not run(folder)) for run in judged)
        except (NotClean, NotStarted) as error:
            sys.exit(f"This cannot be measured: {error}")


def _options() -> argparse.Namespace:
    about, _, more = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        prog="python -m bench.gateway",
        description=about,
        epilog=more,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="small loads, three rounds")
    parser.add_argument("--rounds", type=int, help="default: 9, quick 3")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", default="", help="scenes whose name holds this")
    parser.add_argument("--litellm", metavar="COMMAND")
    parser.add_argument("--correctness", type=int, metavar="REQUESTS")
    parser.add_argument("--unmasked", action="store_true", help="correctness: through P instead")
    parser.add_argument("--surfaces", choices=("chat", "openai", "all"), default="all")
    parser.add_argument("--soak", type=float, metavar="MINUTES")
    parser.add_argument("--whole", action="store_true", help="soak: whole replies, not streams")
    parser.add_argument("--kill", type=int, metavar="TIMES", nargs="?", const=20)
    parser.add_argument("--together", action="store_true")
    parser.add_argument("--folder", help="where data is written; a disk, not memory")
    return parser.parse_args()


def _judgements(
    options: argparse.Namespace,
) -> list[tuple[object, Callable[[Path], bool]]]:
    """What was asked for instead of the table; each prints, and says whether it went well."""

    def right(folder: Path) -> bool:
        counted = correctness.correctness(
            folder,
            options.correctness,
            _say,
            unmasked=options.unmasked,
            surfaces=options.surfaces,
        )
        print(counted.text())
        return counted.ok

    def flat(folder: Path) -> bool:
        soaked = soak.soak(folder, options.soak * 60, _say, stream=not options.whole)
        print(soaked.text())
        return soaked.flat and soaked.done.clean

    def kept(folder: Path) -> bool:
        killed = kill.kill(folder, options.kill, _say)
        print(killed.text())
        return killed.ok

    def equal(folder: Path) -> bool:
        both = [together.two_workers(folder, 96), together.two_processes(folder, 96)]
        print("\n".join(one.text() for one in both))
        return all(one.ok for one in both)

    return [
        (options.correctness, right),
        (options.soak, flat),
        (options.kill, kept),
        (options.together, equal),
    ]


def _table(folder: Path, options: argparse.Namespace) -> int:
    rounds = options.rounds or (3 if options.quick else 9)
    chosen = _chosen(scenes(options.quick), options.only)
    rows: list[Figure] = []
    with upstream(folder) as behind, Load(folder) as load:
        if chosen:
            with ExitStack() as stack:
                targets = list(_targets(folder, behind, options.litellm, stack))
                rows += figures(load, targets, chosen, rounds, _say)
        if options.only in _STARTING:
            rows += start_and_idle(folder, load, behind.url, 2 if options.quick else 5)
    if options.json:
        print(json.dumps([row.as_json() for row in rows], indent=1))
    else:
        print(table(rows))
    print(f"At the end: {machine().partition(';')[2].splitlines()[0].strip()}")
    return 0


def _chosen(known: Sequence[Scene], only: str) -> list[Scene]:
    """The first scene gives the unit that what the ledger costs is counted in."""
    chosen = [scene for scene in known if only in scene.name]
    unit = any(scene.measure == "ledger" for scene in chosen) and known[0] not in chosen
    return [*([known[0]] if unit else []), *chosen]


def _targets(
    folder: Path, behind: Server, litellm: str | None, stack: ExitStack
) -> Iterator[Target]:
    """Each is ended with `stack`, also if the next one does not start."""

    def started(target: Target) -> Target:
        stack.enter_context(target.server)
        return target

    without = folder / "without"
    module = "bench.gateway.unledgered"
    yield Target(DIRECT, behind)
    yield started(plain(folder, behind.url))
    yield started(gateway(folder / "gateway", behind.url))
    yield started(gateway(without, behind.url, name=NO_LEDGER, module=module))
    if litellm:
        yield started(by_hand(folder, behind.url, litellm))


def _say(line: str) -> None:
    """Progress goes to stderr, so that stdout holds the figures only."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
