"""What a call cost, from the price list that ships with `genai-prices`.

Only the list inside the installed package is read: its updater, which fetches a newer one, is
never started, so a price needs no network and tells nobody anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from doorstep._values import Usage

_MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens, in and out."""

    input: Decimal
    output: Decimal


def cost(
    model_name: str,
    provider_hint: str | None,
    usage: Usage,
    *,
    overrides: Mapping[str, Price] | None = None,
) -> Decimal | None:
    """US dollars for `usage`, None where the model, the provider or the tokens are unknown.

    `provider_hint` is a provider's id ("openai", "azure"), the address of its API, or None to
    guess by the model's name. `overrides` go first, by the model's exact name. Cached input is
    charged as if it were not: the figure is an upper bound where a provider discounts it.
    """
    if usage.input_tokens is None or usage.output_tokens is None:
        return None
    price = (overrides or {}).get(model_name)
    if price is not None:
        total = usage.input_tokens * price.input + usage.output_tokens * price.output
        return total / _MILLION
    return _listed(model_name, provider_hint, usage)


def _listed(model_name: str, provider_hint: str | None, usage: Usage) -> Decimal | None:
    from genai_prices import Usage as Tokens
    from genai_prices.data_snapshot import get_snapshot

    tokens = Tokens(input_tokens=usage.input_tokens, output_tokens=usage.output_tokens)
    is_url = provider_hint is not None and "://" in provider_hint
    try:
        found = get_snapshot().calc(
            tokens,
            model_name,
            None if is_url else provider_hint,
            provider_hint if is_url else None,
            None,
        )
    except (LookupError, ValueError):
        return None
    return found.total_price
