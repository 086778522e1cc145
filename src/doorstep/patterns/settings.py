"""The options of each pattern, as a settings file may give them.

    [patterns.careful]            # a name of your own
    use = "escalate-on-hard"      # one of the five
    cloud = "sanitize-and-solve"  # a model, a pattern, or another name of yours

`home` and `cloud` are empty for the models of [home] and [cloud].
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Level = Literal["mask", "abstract", "plain"]


class _Options(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    home: str = ""
    cloud: str = ""


class SanitizeOptions(_Options):
    """`fallback`: what happens where home's rewrite (level "abstract") does not pass."""

    use: Literal["sanitize-and-solve"]
    level: Level = "mask"
    fallback: Literal["mask", "home", "refuse"] = "mask"


class PlanOptions(_Options):
    """`folder`: the notes and tables that the plan works on; it stays at home. `share`: results
    ("tool" or "tool.field") that a plan may ask the cloud about, through the boundary.
    """

    use: Literal["plan-then-ground"]
    folder: str = ""
    share: tuple[str, ...] = ()


class EscalateOptions(_Options):
    """`calibration`: a file of `doorstep calibrate`; without one, rules decide."""

    use: Literal["escalate-on-hard"]
    level: Level = "mask"
    calibration: str = ""
    on_cannot_tell: Literal["escalate", "keep"] = "escalate"


class DraftOptions(_Options):
    """`start`: whether the cloud begins beside the draft, or after it and with it. `judge`: who
    decides what becomes of it, checks and then home's model, or checks alone.
    """

    use: Literal["draft-then-refine"]
    level: Level = "mask"
    start: Literal["at_once", "after_draft"] = "at_once"
    judge: Literal["home", "checks"] = "home"


class CheckOptions(_Options):
    """`rule`: whose answer is taken where the two differ. `calibration`: a file that says how often
    agreement was right.
    """

    use: Literal["cross-check"]
    level: Level = "mask"
    shape: Literal["independent", "home proposes", "cloud proposes"] = "independent"
    rule: Literal["home", "cloud", "ask"] = "home"
    calibration: str = ""


AnyOptions = SanitizeOptions | PlanOptions | EscalateOptions | DraftOptions | CheckOptions
PatternOptions = Annotated[AnyOptions, Field(discriminator="use")]
OPTIONS: dict[str, type[AnyOptions]] = {
    "sanitize-and-solve": SanitizeOptions,
    "plan-then-ground": PlanOptions,
    "escalate-on-hard": EscalateOptions,
    "draft-then-refine": DraftOptions,
    "cross-check": CheckOptions,
}
