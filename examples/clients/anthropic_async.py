"""The Anthropic client behind a boundary, streamed.

ANTHROPIC_API_KEY=… ANTHROPIC_MODEL=… python examples/clients/anthropic_async.py
"""

import asyncio
import os

from anthropic import AsyncAnthropic

from doorstep.boundary import open_boundary

URL = os.environ.get("ANTHROPIC_BASE_URL", "https://api.anthropic.com")


async def main() -> None:
    with open_boundary(URL, private=["Maya Okafor"]) as boundary:
        client = AsyncAnthropic(base_url=URL, http_client=boundary.client())
        async with client.messages.stream(
            model=os.environ["ANTHROPIC_MODEL"],
            max_tokens=300,
            system="You write short, friendly letters.",
            messages=[{"role": "user", "content": "A birthday letter to Maya Okafor, please."}],
        ) as stream:
            async for text in stream.text_stream:
                print(text, end="", flush=True)
        await client.close()
        print()


if __name__ == "__main__":
    asyncio.run(main())
