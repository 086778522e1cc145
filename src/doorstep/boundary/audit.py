"""What `Ledger.verify` looks for: changed, removed, reordered and added rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from doorstep.boundary.chain import START, hashed

Rows = Sequence[tuple[object, ...]]
Said = tuple[int, str] | None  # what a head says: rows, and the hash of the newest


@dataclass(frozen=True, slots=True)
class Check:
    """What `verify` found: no problems, or which rows are wrong and how."""

    rows: int
    head: str
    problems: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.problems


def audit(rows: Rows, said: Said, beside: Said, *, whole: bool, noted: str | None) -> Check:
    """`said` is the head in the file, `beside` the one beside it, `noted` one that a person has
    kept; `whole`: SQLite finds no damage."""
    hashes = [str(row[7]) for row in rows]
    problems = [*_chain(rows), *_ends(rows, hashes, said, beside)]
    if not whole and not problems:  # an index that leads to the wrong row, or to none
        problems.append("the rows are as they were, but the file around them is damaged")
    if noted is not None and noted not in (START, *hashes):
        problems.append("the head that was noted down is not in the chain: history was replaced")
    return Check(len(rows), hashes[-1] if hashes else START, tuple(problems))


def _chain(rows: Rows) -> Iterator[str]:
    expected, prev = 1, START
    for row in rows:
        number = row[0]
        assert isinstance(number, int)
        if number > expected:
            last = number - 1
            gone = f"row {expected} is" if last == expected else f"rows {expected} to {last} are"
            yield f"{gone} missing"
        if hashed(row[:7]) != row[7]:
            yield f"row {number} was changed"
        if row[6] != prev and number == expected:
            yield f"row {number} does not follow the row before it: reordered, added or replaced"
        expected, prev = number + 1, str(row[7])


def _ends(rows: Rows, hashes: list[str], said: Said, beside: Said) -> Iterator[str]:
    last = rows[-1][0] if rows else 0
    assert isinstance(last, int)
    newest = hashes[-1] if hashes else START
    if said is None or not isinstance(said[0], int):
        yield "the head in the file is missing or damaged"
    elif said[0] > last:
        yield f"the last {said[0] - last} row(s), up to row {said[0]}, are missing"
    elif said[0] < last:
        yield f"row {said[0] + 1} to {last} were added without the ledger"
    elif said[1] != newest:
        yield f"row {last} is not the row that was written last"
    if beside is None:
        if last:
            yield "the head beside the file is missing or cannot be read"
    elif beside[0] > last:
        yield f"the head beside the file knows row {beside[0]}, the file ends at row {last}"
    elif beside[0] and beside[1] not in hashes:
        yield f"row {beside[0]} is not the row that the head beside the file knows"
