"""`doorstep serve`: the gateway, in this process or in several."""

from __future__ import annotations

import gc
import os
from importlib.util import find_spec
from pathlib import Path

import click

from doorstep._errors import ConfigError
from doorstep.config import Settings, load

MISSING = "pip install 'doorstep[gateway]'"
PAGE = ("jinja2", "python_multipart", "starlette")  # loaded when the page is first opened


@click.command(short_help="Serve the patterns and the boundary to any OpenAI or Ollama client.")
@click.option("--host", help="Address to listen at. Default: 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65_535), help="Port; 0 for any. Default: 8080.")
@click.option("--upstream", "upstreams", multiple=True, help="A cloud's URL up to /v1. Repeatable.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes. Default: 1.")
@click.option(
    "--token-file",
    type=click.Path(dir_okay=False),
    help="A file of mode 0600 with the token that clients send as their API key.",
)
@click.pass_obj
def serve(file: Path | None, /, upstreams: tuple[str, ...], **given: str | int | None) -> None:
    """Serve every pattern as a model, and any cloud model as mask/NAME, on this machine."""
    settings = _settings(load(file).settings, upstreams, given)
    gc.disable()  # what is made until it listens stays; then it is on again
    try:
        code = _run(settings)
    finally:
        gc.enable()
    if code:
        raise click.exceptions.Exit(code)


def _run(settings: Settings) -> int:
    try:
        from doorstep.assemble.serving import run
    except ImportError as error:
        if (error.name or "").split(".")[0] == "doorstep":
            raise
        raise ConfigError("The gateway is not installed.", hint=MISSING) from None
    if settings.page.on and (missing := [name for name in PAGE if find_spec(name) is None]):
        raise ConfigError(f"The page needs {', '.join(missing)}: not installed.", hint=MISSING)
    return run(settings, lambda line: click.echo(line, err=True))


def _settings(
    settings: Settings, upstreams: tuple[str, ...], given: dict[str, str | int | None]
) -> Settings:
    """The settings with the flags in them."""
    from doorstep.assemble.upstreams import with_upstreams

    over = {key: value for key, value in given.items() if value is not None}
    gateway = settings.gateway.model_copy(update=over)
    settings = settings.model_copy(update={"gateway": gateway})
    return with_upstreams(settings, upstreams, os.environ.get("OPENAI_API_KEY"))
