"""The gateway's codes of errors that pass. Written by scripts/langflow-catalog.ts; don't edit."""

from __future__ import annotations

PASSING_CODES = frozenset(
    [
        "free_tier_busy",
        "free_tier_network",
        "free_tier_rate_limited",
        "free_tier_timeout",
        "free_tier_unavailable",
    ]
)
