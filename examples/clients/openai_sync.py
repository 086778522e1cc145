"""The OpenAI client behind a boundary: two lines more than without.

OPENAI_API_KEY=… python examples/clients/openai_sync.py
"""

import os

from openai import OpenAI

from doorstep.boundary import open_boundary

URL = os.environ.get("OPENAI_BASE_URL", "https://api.openai.com/v1")


def main() -> None:
    with open_boundary(URL, private=["Maya Okafor", "Project Heron"]) as boundary:
        client = OpenAI(base_url=URL, http_client=boundary.sync_client())
        reply = client.responses.create(
            model="gpt-5.4-mini",
            instructions="Answer in one sentence.",
            input="Remind Maya Okafor (maya@home.example) of Project Heron.",
            store=False,
        )
        print(reply.output_text)


if __name__ == "__main__":
    main()
