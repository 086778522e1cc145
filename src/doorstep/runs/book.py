"""The book of runs: one SQLite file of mode 0600, for several processes at once.

Plain in it: when, which pattern and models, how long, how many tokens, what it cost, how it ended,
the ledger's ids of what crossed. Everything that anybody said is encrypted (AES-GCM, bound to its
run) with a key of its own derived from the house's key.
"""

from __future__ import annotations

import hashlib
import hmac
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from doorstep._errors import BadInput, ConfigError
from doorstep.boundary import private_file
from doorstep.boundary.keys import derived
from doorstep.runs import sums
from doorstep.runs.coding import columns, plain_texts, run_of, with_texts
from doorstep.runs.later import Later, Make
from doorstep.runs.schema import open_tables, transaction
from doorstep.runs.totals import Counted, Latency, PatternDay, Reason, Totals
from doorstep.runs.values import Ending, KeptRun

Keep = Literal["all", "counts", "none"]  # texts and counts, counts alone, nothing
Keeping = Literal["kept", "off", "no cryptography"]

_NEEDS = "To keep what was said"
_FILE = "book of runs"


class Book:
    """`key`: the house's. `busy_s`: how long to wait for another process that is writing. Safe for
    threads.

    ConfigError where the file cannot be used: others may read it, it holds something else, it was
    made with another key. Where the package `cryptography` is missing, counts are kept and no
    texts; `texts` says so.
    """

    def __init__(self, path: Path, key: bytes, *, keep: Keep = "all", busy_s: float = 5.0) -> None:
        self.keep = keep
        self.path = path
        self._key = derived(key, "texts of runs")
        self._lock = threading.RLock()
        self._cipher: private_file.Cipher | None = None
        self._later = Later(self.write_all)
        with self._clear("cannot be opened"):
            self._db = self._opened(busy_s)
            try:
                open_tables(self._db, path)
                mark = hmac.new(self._key, b"mark", hashlib.sha256).digest()
                private_file.check_key(self._db, mark, path, _FILE)
            except BaseException:
                self._db.close()
                raise

    def close(self) -> None:
        """Write what waits, and let go of the file."""
        self._later.close()
        with self._lock:
            self._db.close()

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return "Book()"

    @property
    def texts(self) -> Keeping:
        """Whether the texts of new runs are kept, and why not."""
        if self.keep != "all":
            return "off"
        return "kept" if find_spec("cryptography") else "no cryptography"

    # writing

    def later(self, run: KeptRun | Make) -> None:
        """Keep a run soon, from an event loop: in a thread. A function is called there for the run.
        Never raises; what goes wrong is logged."""
        if self.keep != "none":
            self._later.put(run if callable(run) else lambda: run)

    def flush(self, timeout_s: float = 5.0) -> bool:
        """Wait until what `later` was given is written; whether it is, in that time."""
        return self._later.flush(timeout_s)

    def write(self, run: KeptRun) -> None:
        """Keep a run now, as far as `keep` says; one that is there already is replaced."""
        self.write_all([run])

    def write_all(self, runs: Sequence[KeptRun]) -> None:
        if self.keep == "none" or not runs:
            return
        rows = [columns(run) | {"texts": self._sealed(run)} for run in runs]
        names = list(rows[0])
        places = ", ".join(f":{name}" for name in names)
        with self._clear("cannot be written"), transaction(self._db):
            for row in rows:
                # Not REPLACE: what it deletes is deleted behind the triggers' backs.
                self._db.execute("DELETE FROM run WHERE id = :id", row)
                self._db.execute(f"INSERT INTO run ({', '.join(names)}) VALUES ({places})", row)

    def drop_texts(self, before: str) -> int:
        """Drop what was said in runs that began before `before` (the beginning of an ISO time,
        "~" for all), for good; how many runs. Their counts stay."""
        with self._clear("cannot be written"):
            gone = self._db.execute(
                "UPDATE run SET texts = NULL, dropped = 1 WHERE at < ? AND texts IS NOT NULL",
                (before,),
            ).rowcount
            private_file.emptied(self._db)
        return gone

    # reading

    def run(self, id: str) -> KeptRun | None:
        """One run with its texts; None where there is none."""
        with self._clear("cannot be read"):
            row = self._db.execute(
                "SELECT data, doubts, dropped, texts FROM run WHERE id = ?", (id,)
            ).fetchone()
        if row is None:
            return None
        run = run_of(row[0], row[1])
        if row[3] is None:
            return replace(run, texts_are="dropped" if row[2] else "never")
        plain = self._plain(id, row[3])
        return replace(run, texts_are="unreadable") if plain is None else with_texts(run, plain)

    def runs(
        self,
        *,
        since: str = "",
        until: str = "~",
        pattern: str = "",
        ending: Ending | Literal[""] = "",
        limit: int = 100,
        after: str = "",
    ) -> tuple[KeptRun, ...]:
        """Runs that began in [since, until), newest first, without their texts. `after`: only those
        that come after the run of this id. BadInput where there is none of that id."""
        with self._clear("cannot be read"):
            terms: list[tuple[str, tuple[str | int, ...]]] = [("at >= ?", (since,))]
            at, n = self._place(after) if after else (until, 0)
            # One upper bound: the index is entered at the first that it sees.
            terms.append(("at <= ?", (at,)) if after and at < until else ("at < ?", (until,)))
            if after:
                terms.append(("(at, n) < (?, ?)", (at, n)))
            chosen = (("pattern", pattern), ("ending", ending))
            terms += [(f"{name} = ?", (wanted,)) for name, wanted in chosen if wanted]
            where = " AND ".join(term for term, _ in terms)
            values = [value for _, given in terms for value in given]
            rows = self._db.execute(
                f"SELECT data, doubts, dropped, texts IS NOT NULL FROM run"
                f" WHERE {where} ORDER BY at DESC, n DESC LIMIT ?",
                (*values, limit),
            ).fetchall()
        return tuple(_listed(*row) for row in rows)

    def today(self, day: str) -> Totals:
        """The sums of one day ("2026-11-23", UTC), its slowest and its dearest run."""
        with self._clear("cannot be read"):
            return sums.today(self._db, day)

    def by_pattern_and_day(self, since: str = "", until: str = "~") -> tuple[PatternDay, ...]:
        """The sums of each pattern on each day in [since, until), by day and pattern."""
        with self._clear("cannot be read"):
            return sums.by_pattern_and_day(self._db, since, until)

    def latencies(self, since: str = "", until: str = "~") -> tuple[Latency, ...]:
        """How long answered runs took, as counts; see `took`."""
        with self._clear("cannot be read"):
            return sums.latencies(self._db, since, until)

    def took(self, since: str = "", until: str = "~") -> tuple[Latency, ...]:
        """The same over all days together; `day` is "" in each."""
        with self._clear("cannot be read"):
            return sums.took(self._db, since, until)

    def verdicts(self, since: str = "", until: str = "~") -> tuple[Counted, ...]:
        """How runs ended, by pattern; the most frequent first."""
        with self._clear("cannot be read"):
            return sums.verdicts(self._db, since, until)

    def reasons(self, since: str = "", until: str = "~") -> tuple[Reason, ...]:
        """Which checks spoke for the cloud, by pattern; the most frequent first."""
        with self._clear("cannot be read"):
            return sums.reasons(self._db, since, until)

    def _place(self, id: str) -> tuple[str, int]:
        row = self._db.execute("SELECT at, n FROM run WHERE id = ?", (id,)).fetchone()
        if row is None:
            raise BadInput("There is no such run.", hint="Begin at the first page of the list.")
        return row[0], row[1]

    # the file

    def _opened(self, busy_s: float) -> sqlite3.Connection:
        if self.keep == "none" and not self.path.exists():  # nothing is made to keep nothing in
            return sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        private_file.create(self.path, _FILE)
        return private_file.connect(self.path, busy_s)

    @contextmanager
    def _clear(self, what: str) -> Iterator[None]:
        """One clear line, without anything of a run, for what SQLite and the disk may say."""
        try:
            with self._lock:
                yield
        except (sqlite3.Error, OSError, ValueError) as error:
            raise ConfigError(
                f"The book of runs {what} ({type(error).__name__}).",
                hint="Check its path, rights and free space (runs.path).",
            ) from None

    def _sealed(self, run: KeptRun) -> bytes | None:
        if run.texts is None or self.texts != "kept":
            return None
        return self._sealing().seal(plain_texts(run), run.id.encode())

    def _plain(self, id: str, sealed: bytes) -> bytes | None:
        try:
            return self._sealing().open(sealed, id.encode())
        except ConfigError:  # without `cryptography`
            return None

    def _sealing(self) -> private_file.Cipher:
        if self._cipher is None:
            self._cipher = private_file.Cipher(self._key, _NEEDS)
        return self._cipher


def _listed(data: str, doubts: str, dropped: int, there: int) -> KeptRun:
    return replace(
        run_of(data, doubts), texts_are="kept" if there else "dropped" if dropped else "never"
    )
