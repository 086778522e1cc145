"""A pattern from its name and its options; each is imported when it is first built."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from doorstep._errors import BadInput
from doorstep.boundary import Boundary
from doorstep.models.base import Model
from doorstep.patterns.catalogue import entry
from doorstep.patterns.run import Pricer, Watch, quiet, unpriced
from doorstep.patterns.settings import (
    OPTIONS,
    AnyOptions,
    CheckOptions,
    DraftOptions,
    EscalateOptions,
    PlanOptions,
    SanitizeOptions,
)


@dataclass(frozen=True, slots=True)
class Between:
    """What every pattern is built from."""

    home: Model
    cloud: Model
    boundary: Boundary | None
    price: Pricer = unpriced
    watch: Watch = quiet


def build(
    name: str,
    home: Model,
    cloud: Model,
    boundary: Boundary | None = None,
    *,
    price: Pricer = unpriced,
    watch: Watch = quiet,
    **options: object,
) -> Model:
    """The pattern `name`, with `options` as in a [patterns.NAME] table.

    Raises BadInput for a name or an option that there is not.
    """
    return made(checked(name, options), Between(home, cloud, boundary, price, watch))


def checked(name: str, options: dict[str, object]) -> AnyOptions:
    """`options` of the pattern `name`, validated. BadInput names the option, not its value."""
    kind = OPTIONS[entry(name).name]
    try:
        return kind.model_validate({"use": name, **options})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        option = str(first["loc"][0])
        if first["type"] == "extra_forbidden":
            known = ", ".join(key for key in kind.model_fields if key != "use")
            raise BadInput(f"{name} has no option {option}.", hint=f"It has: {known}.") from None
        why = first["msg"].lower().replace("valid tuple", "valid list")
        raise BadInput(
            f"{option} cannot be used: {why}.",
            hint="docs/settings.md shows every option and its values.",
        ) from None


def made(options: AnyOptions, between: Between) -> Model:
    """The pattern that `options` describe; their `home` and `cloud` are those of `between`."""
    match options:
        case SanitizeOptions():
            return _sanitize(options, between)
        case PlanOptions():
            return _plan(options, between)
        case EscalateOptions():
            return _escalate(options, between)
        case DraftOptions():
            return _draft(options, between)
        case CheckOptions():
            return _check(options, between)


def _sanitize(options: SanitizeOptions, of: Between) -> Model:
    from doorstep.patterns.sanitize_and_solve import SanitizeAndSolve

    return SanitizeAndSolve(
        of.home,
        of.cloud,
        of.boundary,
        level=options.level,
        fallback=options.fallback,
        home_tries=options.home_tries,
        strict_facts=options.strict_facts,
        price=of.price,
        watch=of.watch,
    )


def _plan(options: PlanOptions, of: Between) -> Model:
    from doorstep.patterns.planning.folder import build as over_folder

    if not options.folder:
        raise BadInput(
            "plan-then-ground needs a folder.",
            hint="Set folder in [patterns.plan-then-ground], or run it with --folder DIR.",
        )
    folder = Path(options.folder).expanduser()
    if not folder.is_dir():
        raise BadInput(
            f"{folder} is not a folder.",
            hint="Name one that exists: --folder, or `folder` in its table.",
        )
    return over_folder(
        of.home,
        of.cloud,
        of.boundary,
        folder,
        share=options.share,
        price=of.price,
        watch=of.watch,
    )


def _escalate(options: EscalateOptions, of: Between) -> Model:
    from doorstep.patterns.calibration import CalibratedJudge, load
    from doorstep.patterns.checks import Budget
    from doorstep.patterns.escalate_on_hard import EscalateOnHard

    judge = CalibratedJudge(load(_file(options))) if options.calibration else None
    return EscalateOnHard(
        of.home,
        of.cloud,
        of.boundary,
        judge=judge,
        level=options.level,
        on_cannot_tell=options.on_cannot_tell,
        budget=Budget(seconds=options.budget_s) if options.budget_s else None,
        price=of.price,
        watch=of.watch,
    )


def _draft(options: DraftOptions, of: Between) -> Model:
    from doorstep.patterns.draft_then_refine import DraftThenRefine

    return DraftThenRefine(
        of.home,
        of.cloud,
        of.boundary,
        level=options.level,
        start=options.start,
        judge=options.judge,
        patience=None if options.patience == "unlimited" else options.patience,
        stream=options.stream,
        price=of.price,
        watch=of.watch,
    )


def _file(options: EscalateOptions | CheckOptions) -> Path:
    return Path(options.calibration).expanduser()


def _check(options: CheckOptions, of: Between) -> Model:
    from doorstep.patterns.compare.agreement import Agreement
    from doorstep.patterns.cross_check import CrossCheck

    agreement = Agreement.load(_file(options)) if options.calibration else None
    return CrossCheck(
        of.home,
        of.cloud,
        of.boundary,
        level=options.level,
        shape=options.shape,
        rule=options.rule,
        calibration=agreement,
        price=of.price,
        watch=of.watch,
    )
