"""What the load is asked to do, and what it found: frozen values, each a line of JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Self


@dataclass(frozen=True, slots=True)
class Job:
    """`requests` over `connections` to `url`, each connection one after the other.

    `kind` "prompts": plain chat requests to `model`, `per` private values in each, of which the
    share `new` was not in the conversation before (jobs of the same `pool` are parts of the same
    conversations, one a connection); "mixed": the shapes of `Mixed`, private values
    from the pool `watch` (SEED:COUNT), `model` is what stands before the names of its models.
    `rate`: requests a second in all, None as fast as replies come. `seconds`: stop after that.
    `first`: number of the first request of `total` in all parts (mixed). `surfaces` as in
    `Mixed`. `marks`: tell which requests' replies began.
    """

    url: str
    model: str
    kind: str = "prompts"
    connections: int = 1
    requests: int = 100
    stream: bool = False
    per: int = 40
    new: float = 0.1
    seed: str = "1"
    pool: str = ""
    watch: str = ""
    first: int = 0
    total: int = 0
    surfaces: str = "all"
    rate: float | None = None
    seconds: float | None = None
    marks: bool = False

    def line(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def of(cls, line: str) -> Self:
        return cls(**json.loads(line))


@dataclass(frozen=True, slots=True)
class Done:
    """`right` and `wrong` of the replies with status 200, and `respelled`: JSON in a text that is
    the same JSON in another spelling; `refused`: other statuses, by number; `failed`: connections
    that ended first. Times in seconds; NaN where there was nothing."""

    right: int
    wrong: int
    refused: dict[str, int]
    failed: int
    seconds: float
    p50: float
    p99: float
    first_p50: float
    respelled: int = 0
    wrong_shapes: dict[str, int] = field(default_factory=dict)
    marks: tuple[str, ...] = ()

    @property
    def replies(self) -> int:
        return self.right + self.respelled + self.wrong + sum(self.refused.values())

    @property
    def clean(self) -> bool:
        return not (self.wrong or self.refused or self.failed)

    def line(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def of(cls, line: str) -> Self:
        read = json.loads(line)
        return cls(**{**read, "marks": tuple(read["marks"])})
