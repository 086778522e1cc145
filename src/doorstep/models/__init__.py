"""Models: one adapter each. Whatever SDK one needs is imported when it is first used."""

from doorstep.models.base import Model, Way
from doorstep.models.embedded import Embedded
from doorstep.models.ollama import Ollama
from doorstep.models.openai_chat import OpenAIChat
from doorstep.models.openai_responses import OpenAIResponses
from doorstep.models.scripted import Scripted
from doorstep.models.structured import Typed
from doorstep.models.zone import ZoneProof, prove_ollama

__all__ = [
    "Embedded",
    "Model",
    "Ollama",
    "OpenAIChat",
    "OpenAIResponses",
    "Scripted",
    "Typed",
    "Way",
    "ZoneProof",
    "prove_ollama",
]
