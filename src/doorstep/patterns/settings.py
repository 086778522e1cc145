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
Patience = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)] | Literal["unlimited"]
MODEL_WORDS = ("auto", "builtin", "stand-in")  # as names of models they have a meaning


class _Options(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    home: str = ""
    cloud: str = ""


class SanitizeOptions(_Options):
    """For level "abstract": `fallback` is what happens where home's rewrite does not pass,
    `home_tries` how often home may write it, and with `strict_facts` it may lose or invent none.
    """

    use: Literal["sanitize-and-solve"]
    level: Level = "mask"
    fallback: Literal["mask", "home", "refuse"] = "mask"
    home_tries: Annotated[int, Field(ge=1, le=10)] = 3
    strict_facts: bool = False


class PlanOptions(_Options):
    """`folder`: the notes and tables that the plan works on; it stays at home. `share`: results
    ("tool" or "tool.field") that a plan may ask the cloud about, through the boundary.
    """

    use: Literal["plan-then-ground"]
    folder: str = ""
    share: tuple[str, ...] = ()


class EscalateOptions(_Options):
    """`calibration`: a file of `doorstep calibrate`; without one, rules decide. `budget_s`: how
    long home may take for its answer, in seconds; 0 is as long as it takes.
    """

    use: Literal["escalate-on-hard"]
    level: Level = "mask"
    calibration: str = ""
    on_cannot_tell: Literal["escalate", "keep"] = "escalate"
    budget_s: Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)] = 0


class DraftOptions(_Options):
    """`start`: whether the cloud begins beside the draft, or after it and with it. `judge`: who
    decides what becomes of it, checks and then home's model, or checks alone. `patience`: how
    long a finished cloud waits for draft and judge, as a share of its own time. `stream`: whether
    the draft is shown.
    """

    use: Literal["draft-then-refine"]
    level: Level = "mask"
    start: Literal["at_once", "after_draft"] = "at_once"
    judge: Literal["home", "checks"] = "home"
    patience: Patience = 0.03
    stream: Literal["draft-first", "final-only"] = "draft-first"


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


def misnamed(name: str, use: str) -> str:
    """Why a table [patterns.NAME] that uses the pattern `use` cannot have that name; "" if not."""
    if not name.strip():
        return "A table of [patterns] has no name."
    if name in MODEL_WORDS or name.startswith(("gguf:", "ollama:")):
        return f"{name} is the name of a model; [patterns.{name}] needs another one."
    if name in OPTIONS and name != use:
        return f"[patterns.{name}] must use {name}; for another pattern take another name."
    return ""
