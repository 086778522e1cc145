"""`python -m docs.site [FOLDER]`: build the documentation; without FOLDER into build/docs."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from docs.site.build import ROOT, Broken, build
from docs.site.notebook import NotRun
from docs.site.stage import Missing


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), required=False)
def main(folder: Path | None) -> None:
    """Build the site into FOLDER, and say where to look."""
    out = folder or ROOT / "build/docs"
    try:
        pages = build(out)
    except (Broken, Missing, NotRun) as error:
        click.echo(error, err=True)
        sys.exit(1)
    click.echo(f"{len(pages)} pages: {out / 'index.html'}")


if __name__ == "__main__":
    main()
