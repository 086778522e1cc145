"""A boundary in one line, with what most programs want.

boundary = open_boundary("https://api.openai.com", private=["Maya Okafor"])
client = OpenAI(http_client=boundary.sync_client())
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from doorstep._folders import data_folder
from doorstep.boundary.approval import Approve
from doorstep.boundary.boundary import Boundary, Closable
from doorstep.boundary.clearance import Term
from doorstep.boundary.detect.declared import Declared, Scopes
from doorstep.boundary.detect.levels import Level, detectors
from doorstep.boundary.keys import load_key
from doorstep.boundary.ledger import Ledger
from doorstep.boundary.policy import Policy
from doorstep.boundary.vault import Style

if TYPE_CHECKING:
    from doorstep.boundary.store import Store


def open_boundary(
    to: str | Sequence[str] | Policy,
    *,
    private: Iterable[str | Term] | Declared | Scopes = (),
    level: Level = "rules",
    ledger: str | Path | None = None,
    key: bytes | None = None,
    approve: Approve | None = None,
    style: Style = "placeholder",
    store: Store | str | Path | None = None,
    mask_reply: bool = False,
    dry_run: bool = False,
) -> Boundary:
    """A boundary to one or several origins, or under a policy; close it, or use it in a `with`.

    `private`: what must not leave besides what the detectors of `level` find ("rules": formats;
    "names": people, organisations and places too, needs the extra `names`; "strict": everything
    that may be a name); `Scopes` declare values for single users or projects, whose requests go
    through `client(scope=...)`. `ledger`: where crossings are written down, by default in the
    user's data folder; and so is `key`, from which placeholders are derived, in a file of mode
    0600. `store`: an encrypted file in which what stands for what is kept, so that placeholders of
    earlier runs are restored, too (needs the extra `vault`). Raises ConfigError and LedgerError.
    """
    policy = to if isinstance(to, Policy) else Policy((to,) if isinstance(to, str) else tuple(to))
    scopes = private if isinstance(private, Scopes) else Scopes(_declared(private))
    found = detectors(level)
    key = load_key() if key is None else key
    opened = Ledger(ledger or data_folder() / "ledger.sqlite3")
    owned: list[Closable] = [opened]
    try:
        if isinstance(store, str | Path):
            store = _stored(Path(store), key)
            owned.append(store)
        return Boundary(
            ledger=opened,
            policy=policy,
            key=key,
            detectors=found,
            scopes=scopes,
            dry_run=dry_run,
            approve=approve,
            style=style,
            store=store,
            mask_reply=mask_reply,
            owned=owned,
        )
    except BaseException:
        for thing in owned:
            thing.close()
        raise


def _declared(private: Iterable[str | Term] | Declared) -> Declared:
    return private if isinstance(private, Declared) else Declared(private)


def _stored(path: Path, key: bytes) -> Store:
    from doorstep.boundary.store import Store

    return Store(path, key)
