"""`doorstep mask` and `doorstep unmask`: filters for a pipe, with the vault between them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import click

from doorstep.boundary.detect.levels import LEVELS
from doorstep.boundary.keys import load_key
from doorstep.boundary.restore import Restorer
from doorstep.boundary.scan import mask_text
from doorstep.boundary.store import Store
from doorstep.boundary.vault import Style, Vault
from doorstep.cli.scan import looking, read
from doorstep.config import Settings, load

_vault = click.option(
    "--vault",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The encrypted file that keeps the values. Default: as set.",
)
_scope = click.option(
    "--scope", default="", help="Placeholders of one scope mean nothing in another."
)


@click.command()
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--level", type=click.Choice(LEVELS), help="Which layers look. Default: as set.")
@click.option(
    "--style",
    type=click.Choice(("placeholder", "surrogate")),
    default="placeholder",
    show_default=True,
    help="PERSON_7F3AQ2KD, or another name.",
)
@_vault
@_scope
@click.pass_obj
def mask(
    config: Path | None,
    file: BinaryIO,
    level: str | None,
    style: str,
    path: Path | None,
    scope: str,
) -> None:
    """Replace what is private in FILE (or standard input); `unmask` puts it back."""
    settings = load(config).settings
    _, scanner = looking(settings, level)
    text = read(file)
    with _vault_at(settings, path, scope, style) as vault:
        masked = mask_text(text, scanner.scan(text), vault)
    _write(masked)


@click.command()
@click.argument("file", type=click.File("rb"), default="-")
@_vault
@_scope
@click.pass_obj
def unmask(config: Path | None, file: BinaryIO, path: Path | None, scope: str) -> None:
    """Put the values back into FILE (or standard input) that `mask` took out."""
    text = read(file)
    with _vault_at(load(config).settings, path, scope, "placeholder") as vault:
        restored = Restorer.of(vault, kept=True).text(text)
    _write(restored)


@contextmanager
def _vault_at(settings: Settings, path: Path | None, scope: str, style: str) -> Iterator[Vault]:
    """The vault in its file; the key from which it is made lies beside the ledger."""
    key = load_key(keyring=settings.boundary.keyring)
    place = path or settings.vault_path()
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with Store(place, key) as store:
        yield Vault(key, scope=scope, style=cast("Style", style), store=store)


def _write(text: str) -> None:
    """The bytes as they are: line ends are not touched."""
    sys.stdout.buffer.write(text.encode("utf-8"))
    sys.stdout.buffer.flush()
