"""Every pattern's figures in one table, the anchor's figure beside each where there is one.

    python bench/all.py                 # runs every bench below, about ten minutes
    python bench/all.py --quick         # fewer runs of those that take long; the same rows
    python bench/all.py --json

Each bench runs by itself and prints JSON; this only lays its figures side by side. A bench that
fails is a line that says so, not a missing row.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.boundary.data import data_folder

ROOT = Path(__file__).resolve().parent.parent

COMMANDS: dict[str, tuple[str, ...]] = {
    "sanitize": ("bench/sanitize.py", "--json"),
    "plan": ("-m", "bench.plan", "--json"),
    "escalate": ("bench/escalate.py", "--json"),
    "risk": ("bench/escalate.py", "--risk", "--json"),  # of the GSM8K file alone, see `lines`
    "draft": ("-m", "bench.draft", "--json"),
    "crosscheck": ("bench/crosscheck.py", "--json"),
}
QUICK: dict[str, tuple[str, ...]] = {
    "plan": ("--runs", "50"),
    "escalate": ("--draws", "100"),
    "risk": ("--splits", "10", "--sizes", "120"),
    "draft": ("--rounds", "2", "--worlds", "300", "--wired", "30", "--kills", "1", "--stops", "4"),
}
PUBLISHED = "RouteLLM's best router, not fitted in-domain"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table. `anchor` is somebody else's figure, or a baseline on the same rows."""

    pattern: str
    figure: str
    value: str
    n: str = ""
    interval: str = ""
    anchor: str = ""


Lines = Callable[[Any], Iterable[Line]]


def sanitize(found: Any) -> Iterable[Line]:
    for name, what in (("lost", "planted losses reported"), ("invented", "planted inventions")):
        one = found[name]
        yield Line(
            "Sanitize-and-Solve",
            what,
            percent(one["recall"]),
            str(one["n"]),
            span(one["interval"], percent),
            "none known",
        )
    yield Line(
        "Sanitize-and-Solve",
        "untouched rewrites without a report",
        percent(found["clean_without_a_report"] / found["clean"]),
        str(found["clean"]),
        span(found["clean_interval"], percent),
        "none known",
    )


def plan(found: Any) -> Iterable[Line]:
    canaries, rows, sizes = found["canaries"], found["adversaries"], found["sizes"]
    planted = f"{canaries['runs']} runs"
    yield Line("Plan-then-Ground", "canaries in what crossed", str(canaries["found"]), planted)
    leaks = str(found["leaks"])
    yield Line("Plan-then-Ground", "leaks by hostile planners", leaks, f"{len(rows)} planners")
    low, high = min(s["data"] for s in sizes), max(s["data"] for s in sizes)
    sent = "/".join(sorted({f"{size['sent']:,}" for size in sizes}))
    over = f"data of {low:,} to {high:,} bytes"
    yield Line("Plan-then-Ground", "bytes to the cloud, a question", sent, over)


def escalate(found: Any) -> Iterable[Line]:
    anchors = {"gsm8k": ("0.622", "63.3%"), "mmlu": ("0.603", "")}
    for name, (apgr, cpt80) in anchors.items():
        one = found[name]
        n = str(one["n"])
        sees = one["sees"]
        yield Line(
            "Escalate-on-Hard",
            f"{name} APGR, {sees}",
            f"{one['apgr']:.3f}",
            n,
            span((one["apgr_low"], one["apgr_high"]), "{:.3f}".format),
            f"{apgr} ({PUBLISHED})",
        )
        without = one["without_artefacts"].get("doorstep")
        if without:
            yield Line(
                "Escalate-on-Hard",
                f"{name} APGR without {', '.join(a['domain'] for a in one['artefacts'])}",
                f"{without['apgr']:.3f}",
                str(without["n"]),
                span((without["apgr_low"], without["apgr_high"]), "{:.3f}".format),
                "none published for it",
            )
        yield Line(
            "Escalate-on-Hard",
            f"{name} CPT80",
            percent(one["cpt80"]),
            n,
            span((one["cpt80_low"], one["cpt80_high"]), percent),
            f"{cpt80} ({PUBLISHED})" if cpt80 else "none published for it",
        )


def risk(found: Any) -> Iterable[Line]:
    for one in found["gsm8k"]:
        kept = f"kept {percent(one['coverage'])}"
        yield Line(
            "Escalate-on-Hard",
            f"stated risk {one['risk']:.0%} held, {one['n']:.0f} examples, {kept}",
            percent(one["holds"]),
            f"{one['splits']:.0f} splits",
            "",
            "95% aimed at",
        )


def draft(found: Any) -> Iterable[Line]:
    for scene, one in found["speed"].items():
        first, final = one["first_token_later_ms"], one["final_over_cloud_alone"]
        n = f"{one['rounds']} rounds"
        yield Line(
            "Draft-then-Refine",
            f"first token later by, {scene}",
            f"{first['median']} ms",
            n,
            f"worst {first['worst']} ms",
            f"home alone, {first['home_alone_median']:.0f} ms"
            if first["home_alone_median"] > 1
            else "home alone",
        )
        yield Line(
            "Draft-then-Refine",
            f"final over the cloud alone, {scene}",
            f"{final['median']:.3f}",
            n,
            f"worst {final['worst']:.3f}",
            "the cloud alone, 1",
        )
    worlds = found["worlds"]
    faults = sum(worlds["faults"].values()) + sum(worlds["faults_on_the_wire"].values())
    n = f"{worlds['interleavings']:,} and {worlds['on_the_wire']} on the wire"
    yield Line("Draft-then-Refine", "pieces lost, doubled, reordered", str(faults), n)
    for when, one in found["restart"].items():
        done = f"{one['finished_once']} of {one['kills']}"
        yield Line("Draft-then-Refine", f"{when}: finished once", done, f"{one['kills']} kills")


def crosscheck(found: Any) -> Iterable[Line]:
    others = found["comparers"]["last number"]
    for name, key in (
        ("agreed home answers right", "agree_right"),
        ("coverage, of all rows", "coverage"),
    ):
        yield Line(
            "Cross-Check",
            name,
            percent(found[key]),
            str(found["n"]),
            span(found[f"{key}_interval"], percent),
            f"{percent(others[key][0])} (last number of each text)",
        )


LAID: dict[str, Lines] = {
    "sanitize": sanitize,
    "plan": plan,
    "escalate": escalate,
    "risk": risk,
    "draft": draft,
    "crosscheck": crosscheck,
}


def percent(share: float) -> str:
    return f"{share:.1%}"


def span(ends: Sequence[float], told: Callable[[float], str]) -> str:
    return f"{told(ends[0])} to {told(ends[1])}"


def lines(name: str, data: str | None, quick: bool) -> list[Line]:
    """The rows of one bench; one row that says so where it failed."""
    command = [sys.executable, *COMMANDS[name], *(QUICK.get(name, ()) if quick else ())]
    if name == "risk":
        command.insert(2, str(data_folder(data) / "routellm" / "gsm8k.csv"))
    elif data and name in ("escalate", "crosscheck"):
        command += ["--data", data]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return [Line(name, f"could not be measured: {why[:160]}", "")]
    return list(LAID[name](json.loads(done.stdout)))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", help="the folder of the data sets")
    parser.add_argument("--only", choices=tuple(COMMANDS), action="append")
    parser.add_argument("--quick", action="store_true", help="fewer runs of those that take long")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if not options.json:
        print("| pattern | figure | value | n | interval | anchor |")
        print("| --- | --- | --- | --- | --- | --- |")
    found: list[Line] = []
    for name in options.only or COMMANDS:
        for line in lines(name, options.data, options.quick):
            found.append(line)
            if not options.json:
                print(f"| {' | '.join(asdict(line).values())} |", flush=True)
    if options.json:
        print(json.dumps([asdict(line) for line in found], indent=2))


if __name__ == "__main__":
    main()
