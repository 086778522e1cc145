"""A pydantic-ai agent with typed output and a tool behind a boundary.

OPENAI_API_KEY=… python examples/clients/pydantic_ai_agent.py
"""

import asyncio
import os

from pydantic import BaseModel
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

from doorstep.boundary import open_boundary

URL = os.environ.get("OPENAI_BASE_URL", "https://api.openai.com/v1")


class Visit(BaseModel):
    who: str
    at: str


async def main() -> None:
    with open_boundary(URL, private=["Maya Okafor", "Otto Zyka"]) as boundary:
        provider = OpenAIProvider(
            base_url=URL,
            api_key=os.environ.get("OPENAI_API_KEY"),
            http_client=boundary.client(),
        )
        agent = Agent(
            OpenAIChatModel("gpt-5.4-mini", provider=provider),
            output_type=Visit,
            instructions="Find out who comes, and when.",
        )

        @agent.tool_plain
        def note_on(who: str) -> str:
            """What is noted about a person."""
            return "comes at 18:30" if who == "Otto Zyka" else "nothing"

        result = await agent.run("Otto Zyka visits Maya Okafor today.")
        print(f"{result.output.who} at {result.output.at}")


if __name__ == "__main__":
    asyncio.run(main())
