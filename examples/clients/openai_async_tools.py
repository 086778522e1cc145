"""A streamed chat with a tool behind a boundary: the tool gets the real values, the cloud none.

OPENAI_API_KEY=… python examples/clients/openai_async_tools.py
"""

import asyncio
import json
import os
from typing import Any

from openai import AsyncOpenAI

from doorstep.boundary import open_boundary

URL = os.environ.get("OPENAI_BASE_URL", "https://api.openai.com/v1")
PHONES = {"Maya Okafor": "+49 30 901820"}
TOOL: Any = {
    "type": "function",
    "function": {
        "name": "phone_of",
        "description": "The phone number of a person.",
        "parameters": {"type": "object", "properties": {"who": {"type": "string"}}},
    },
}


async def turn(client: AsyncOpenAI, messages: list[Any]) -> list[Any]:
    """Print what the model says as it comes; the calls of tools that it makes."""
    calls: dict[int, Any] = {}
    stream = await client.chat.completions.create(
        model="gpt-5.4-mini", messages=messages, tools=[TOOL], stream=True
    )
    async for chunk in stream:
        for choice in chunk.choices:
            print(choice.delta.content or "", end="", flush=True)
            for part in choice.delta.tool_calls or ():
                function = {"name": "", "arguments": ""}
                call = calls.setdefault(part.index, {"type": "function", "function": function})
                call["id"] = part.id or call.get("id")
                if part.function:
                    call["function"]["name"] += part.function.name or ""
                    call["function"]["arguments"] += part.function.arguments or ""
    return list(calls.values())


async def main() -> None:
    messages: list[Any] = [{"role": "user", "content": "What is the number of Maya Okafor?"}]
    with open_boundary(URL, private=["Maya Okafor"]) as boundary:
        client = AsyncOpenAI(base_url=URL, http_client=boundary.client())
        while calls := await turn(client, messages):
            messages.append({"role": "assistant", "tool_calls": calls})
            for call in calls:
                who = json.loads(call["function"]["arguments"])["who"]
                found = PHONES.get(who, "not known")
                messages.append({"role": "tool", "tool_call_id": call["id"], "content": found})
        await client.close()
        print()


if __name__ == "__main__":
    asyncio.run(main())
