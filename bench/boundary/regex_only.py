"""Worker: DataFog's regular-expression engine, in an environment of its own.

Why this one: it masks by regular expressions alone unless asked for more, is MIT-licensed, was
released two months before this was written (4.9.0), and installs without a model. Scrubadub, the
older tool of the kind, has had no release since 2023 and brings scikit-learn.
"""

from __future__ import annotations

from collections.abc import Sequence

from bench.boundary.worker import Mask, Span, serve


def load() -> Mask:
    from datafog import scan

    def masked(texts: Sequence[str]) -> list[list[Span]]:
        return [
            [
                (entity.start, entity.end, entity.type)
                for entity in scan(text, engine="regex").entities
            ]
            for text in texts
        ]

    return masked


if __name__ == "__main__":
    serve(load)
