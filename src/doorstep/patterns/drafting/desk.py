"""DBOS as a refinery uses it: the two functions that it keeps for this process, and its start.

Everything here runs in threads, and all texts that it hands to DBOS are sealed on their way into
the database (see `sealed`).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any, Protocol

from doorstep._errors import BadInput, ConfigError
from doorstep.patterns.drafting.record import Job, reply_in

Said = dict[str, Any]
TAKEN = ".taken"  # the id of what records who took a job, after that of the job
_POLL = 0.1  # seconds between two looks at a record that somebody else is about to make


class Worker(Protocol):
    """The two parts of a job. What they raise that is no `Exception` leaves the job unfinished."""

    def ask(self, said: Said) -> Said: ...

    def judge(self, said: Said, side: Said) -> Said: ...


class Desk:
    """Where DBOS finds the open refinery: it registers functions for the life of a process."""

    def __init__(self) -> None:
        from dbos import DBOS

        self.refinery: Worker | None = None
        self._dbos: Any = DBOS
        self._refine: Callable[[Said], Said] = DBOS.workflow(name="doorstep-refine")(
            lambda said: self._job(said)  # DBOS takes functions, no methods
        )
        self._record: Callable[[str], str] = DBOS.workflow(name="doorstep-record")(_same)

    def _job(self, said: Said) -> Said:
        refinery = self._refinery()
        try:
            side = self._dbos.run_step({"name": "ask"}, refinery.ask, said)
            judged: Said = self._dbos.run_step({"name": "judge"}, refinery.judge, said, side)
        except Exception as error:  # a fault of ours: told as its type, never by its message
            return {"id": said["id"], "failed": type(error).__name__}
        return judged

    def start(self, id: str, said: Said) -> None:
        self._refinery()
        self._started(id, self._refine, said)

    def record(self, id: str, value: str) -> str:
        """The value that was recorded under this id first, by whomever."""
        self._refinery()
        kept: str = self._started(id, self._record, value).get_result(polling_interval_sec=_POLL)
        return kept

    def find(self, id: str) -> Job | None:
        self._refinery()
        status = self._dbos.get_workflow_status(id)
        if status is None:
            return None
        taken = self._dbos.get_workflow_status(id + TAKEN) is not None
        return _job_of(id, str(status.status), status.output, taken)

    def forget(self, id: str) -> None:
        self._refinery()
        for name in (id, id + TAKEN):
            if self._dbos.get_workflow_status(name) is not None:
                self._dbos.delete_workflow(name)

    def _started(self, id: str, function: Callable[..., Any], argument: object) -> Any:
        from dbos import SetWorkflowID

        with SetWorkflowID(id):
            return self._dbos.start_workflow(function, argument)

    def _refinery(self) -> Worker:
        if self.refinery is None:
            raise BadInput("The refinery is not open.", hint="async with Refinery(...) as refinery")
        return self.refinery


def _same(value: str) -> str:
    return value


def _job_of(id: str, status: str, output: Said | None, taken: bool) -> Job:
    if status in ("PENDING", "ENQUEUED", "DELAYED"):
        return Job(id, "running")
    if status != "SUCCESS" or output is None:
        return Job(id, "failed", reason=status, delivered=taken)
    if output["id"] != id:  # somebody moved a stored answer to another job
        raise ConfigError(
            "A stored job is not what it says it is.",
            hint="Somebody changed the database: ask again, and look at who may write there.",
        )
    if output["failed"]:
        return Job(id, "failed", reason=output["failed"], delivered=taken)
    return Job(id, "done", reply_in(output["reply"]), delivered=taken)


@cache
def desk_of_process() -> Desk:
    try:
        return Desk()
    except ImportError:
        raise ConfigError(
            "A refinement in the background needs the package dbos.",
            hint="pip install 'doorstep[background]'",
        ) from None


def launch(config: Any, executor: str) -> None:
    from dbos import DBOS

    if os.environ.get("DBOS__CLOUD") == "true":
        raise ConfigError(
            "DBOS Cloud is set up in the environment; a refinery stays at home.",
            hint="Unset DBOS__CLOUD.",
        )
    DBOS(config=config)
    if DBOS.executor_id != executor:  # it gave back an instance that was there before
        raise ConfigError(
            "The application runs DBOS itself; a refinery needs a process without.",
            hint="Open the refinery in a process of its own.",
        )
    try:
        DBOS.launch()
    except Exception as error:  # of whatever driver; its message may hold the address
        raise ConfigError(
            f"The database of the refinery cannot be opened ({type(error).__name__}).",
            hint="Look at its folder or its address, and who may write there.",
        ) from None


def destroy(executor: str) -> None:
    from dbos import DBOS

    with suppress(Exception):  # what is closing cannot fail usefully
        if DBOS.executor_id == executor:
            DBOS.destroy()
