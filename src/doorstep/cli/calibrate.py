"""`doorstep calibrate`: a stated risk for the answers kept at home, from examples of one's own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from doorstep._errors import BadInput
from doorstep._values import Usage
from doorstep.config import Settings, load

if TYPE_CHECKING:
    from doorstep.patterns.calibration import Calibration
    from doorstep.patterns.calibration.examples import Example
    from doorstep.patterns.calibration.summary import Summary
    from doorstep.patterns.checks.base import Verdict
    from doorstep.patterns.shadow import ShadowReport

_EXAMPLES = "Give a file of examples, or a log with --shadow LOG --with CALIBRATION."
_MOST_REASONS = 5
MAX_LINE = 4 * 1024 * 1024  # characters of one example; more than any model reads at once
_SAID: dict[Verdict, str] = {
    "keep": "kept",
    "escalate": "escalated",
    "cannot tell": "that cannot be told",
}
_file = click.Path(dir_okay=False, path_type=Path)


@click.command(short_help="Fit a judge of home's answers on examples of your own.")
@click.argument("examples", type=_file, required=False)
@click.option(
    "--risk",
    type=float,
    default=0.1,
    show_default=True,
    help="The share of kept answers that may be wrong.",
)
@click.option("--confidence", type=float, default=0.95, show_default=True)
@click.option("--out", type=_file, default=Path("calibration.json"), show_default=True)
@click.option("--split", is_flag=True, help="Test on a half held out: assumes less, keeps less.")
@click.option("--home", default="", help="The home model's name, for the label.")
@click.option("--cloud", default="", help="The cloud model's name, for the price.")
@click.option(
    "--shadow", type=_file, help="A log: what would have been escalated. Nothing is sent."
)
@click.option("--with", "with_", type=_file, help="The calibration that judges the log.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def calibrate(
    config: Path | None,
    examples: Path | None,
    risk: float,
    confidence: float,
    out: Path,
    split: bool,
    home: str,
    cloud: str,
    shadow: Path | None,
    with_: Path | None,
    as_json: bool,
) -> None:
    """Fit a judge on EXAMPLES: JSON lines of prompt (or messages), answer, right (true or false).

    With cloud_right too, where it is known. What it keeps at home has a stated risk.
    """
    if (shadow is None) != (with_ is None) or (shadow is None) == (examples is None):
        raise BadInput("It is not clear what to do.", hint=_EXAMPLES)
    if shadow is not None and with_ is not None:
        _echo_shadow(load(config).settings, shadow, with_, cloud, as_json)
    elif examples is not None:
        found = _fit(_read(examples), risk, confidence, split, home, cloud)
        _save(found.calibration, out)
        lines = _page(found, out)
        click.echo(json.dumps(_object(found, out)) if as_json else "\n".join(lines))


def _read(path: Path) -> list[Example]:
    from doorstep.patterns.calibration.examples import read_examples

    try:
        with path.open(encoding="utf-8") as lines:
            return read_examples(_lines(lines))
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read ({error.strerror}).",
            hint="Look at the path, and who may read it.",
        ) from None
    except UnicodeDecodeError:
        raise BadInput(f"{path} is not UTF-8.", hint="Convert it first.") from None


def _lines(file: TextIO) -> Iterator[str]:
    number = 0
    while line := file.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE:
            raise BadInput(
                f"Line {number} is longer than {MAX_LINE:,} characters.",
                hint='An example is one line: {"prompt": …, "answer": …, "right": true}.',
            )
        yield line


def _fit(
    examples: list[Example], risk: float, confidence: float, split: bool, home: str, cloud: str
) -> Summary:
    from doorstep.patterns.calibration.fit import study
    from doorstep.patterns.calibration.summary import summary
    from doorstep.patterns.calibration.threshold import sensible

    sensible(risk, confidence)
    found = study(examples, method="split" if split else "cross")
    return summary(found, found.calibration(risk, confidence, home=home, cloud=cloud))


def _save(calibration: Calibration, out: Path) -> None:
    from doorstep.patterns.calibration.file import save

    save(calibration, out)


def _page(found: Summary, out: Path) -> Iterator[str]:
    calibration, threshold = found.calibration, found.calibration.threshold
    wrong = calibration.wrong / calibration.n
    yield f"examples    {calibration.n} answers, {calibration.wrong} of them wrong ({wrong:.0%})"
    yield f"stated      {calibration.label}"
    if threshold is not None:
        yield (
            f"kept        {threshold.share:.0%} of {threshold.n} held-out answers, at a risk of "
            f"{threshold.value:.2f} or less"
        )
        yield (
            f"            {threshold.wrong} of those {threshold.kept} were wrong: at most "
            f"{threshold.bound:.1%}, with {calibration.confidence:.0%} confidence"
        )
    yield f"bound       {calibration.bound}"
    yield f"held out    {_separation(found.separation)}"
    others = ", ".join(f"{o.risk:.0%}: {_share(o.share)}" for o in found.others)
    yield f"kept at     {others} (choose the risk before you look)"
    yield f"written     {out}"
    yield f"next        {found.next}"
    if threshold is not None:
        yield f"use it      doorstep run escalate-on-hard --calibration {out} PROMPT"


def _separation(value: float | None) -> str:
    if value is None:
        return "could not be scored: the examples are of one kind only"
    return (
        f"a wrong answer has a greater risk than a right one in {value:.0%} of pairs (chance: 50%)"
    )


def _share(share: float | None) -> str:
    return "nothing" if share is None else f"{share:.0%}"


def _object(found: Summary, out: Path) -> dict[str, object]:
    calibration, threshold = found.calibration, found.calibration.threshold
    return {
        "n": calibration.n,
        "wrong": calibration.wrong,
        "risk": calibration.risk,
        "confidence": calibration.confidence,
        "threshold": threshold.value if threshold else None,
        "kept_share": threshold.share if threshold else 0.0,
        "kept": threshold.kept if threshold else 0,
        "kept_wrong": threshold.wrong if threshold else 0,
        "bound": threshold.bound if threshold else None,
        "bound_kind": calibration.bound,
        "separation": found.separation,
        "kept_at": {f"{other.risk:g}": other.share for other in found.others},
        "label": calibration.label,
        "next": found.next,
        "written": str(out),
    }


def _echo_shadow(settings: Settings, log: Path, with_: Path, cloud: str, as_json: bool) -> None:
    from doorstep.patterns.calibration import CalibratedJudge
    from doorstep.patterns.calibration import load as load_calibration
    from doorstep.patterns.shadow import shadow

    calibration = load_calibration(with_)
    name = cloud or calibration.cloud_model or settings.cloud.model
    report = asyncio.run(
        shadow(log, CalibratedJudge(calibration), price=lambda usage: _price(settings, name, usage))
    )
    values = _shadowed(report, name)
    click.echo(json.dumps(values) if as_json else "\n".join(_shadow_page(report, values)))


def _price(settings: Settings, name: str, usage: Usage) -> Decimal | None:
    """US dollars for one call of the model `name`; None where nobody knows."""
    from doorstep.models import prices

    own = settings.cloud.price
    price = prices.Price(Decimal(str(own.input)), Decimal(str(own.output))) if own else None
    return prices.cost(name, None, usage, overrides={name: price} if price else None)


def _shadowed(report: ShadowReport, cloud: str) -> dict[str, object]:
    return {
        "judge": report.judge,
        "answers": len(report.rows),
        "kept": report.count("keep"),
        "escalated": report.count("escalate"),
        "cannot_tell": report.count("cannot tell"),
        "cloud_model": cloud,
        "input_tokens": report.usage.input_tokens or 0,
        "output_tokens": report.usage.output_tokens or 0,
        "tokens_estimated_in": report.estimated,
        "cost": None if report.cost is None else str(report.cost),
        "reasons": dict(islice(report.reasons.items(), _MOST_REASONS)),
    }


def _shadow_page(report: ShadowReport, values: dict[str, object]) -> Iterator[str]:
    cost = "not known (name the cloud model with --cloud)"
    if report.cost is not None:
        cost = f"US$ {report.cost:.4f} at {values['cloud_model']}"
    yield f"judged by   {report.judge}"
    counts = (f"{report.count(v)} {said}" for v, said in _SAID.items())
    yield f"answers     {values['answers']}: {', '.join(counts)}"
    tokens = f"{values['input_tokens']} in, {values['output_tokens']} out"
    yield f"tokens      {tokens} for those escalated ({_estimated(report)})"
    yield f"cost        {cost}; nothing was sent"
    for reason, count in islice(report.reasons.items(), _MOST_REASONS):
        yield f"why         {count} times: {reason}"


def _estimated(report: ShadowReport) -> str:
    return f"{report.estimated} of them estimated" if report.estimated else "as the log counts them"
