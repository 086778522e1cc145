"""Ollama's native interface, by which Home Assistant, Open WebUI and many others speak.

https://github.com/ollama/ollama/blob/main/docs/api.md. One file each for what a client asks
first (`ollama_models`), for chats (`ollama_chat`) and for embeddings (`ollama_embed`).
"""

from __future__ import annotations

from doorstep.gateway import ollama_chat, ollama_embed, ollama_models
from doorstep.gateway.core import Core
from doorstep.gateway.http import Handler


def routes(core: Core) -> dict[tuple[str, str], Handler]:
    """The handlers by (method, path)."""
    return ollama_models.routes(core) | ollama_chat.routes(core) | ollama_embed.routes(core)
