"""LiteLLM on laplas's free tier, through the laplas gateway.

`explain` reads from any exception what a limit means, `api_tokens` from any answer what it cost. They need no LiteLLM, so that a
client of a LiteLLM proxy can use them too.
`callback`, `LaplasCallback` and `register` are loaded when they are first asked for, and LiteLLM with them.
"""

from typing import TYPE_CHECKING, Any

from .api_tokens import api_tokens
from .explain import Explanation, explain

if TYPE_CHECKING:
    from .provider import register
    from .router_callback import LaplasCallback, callback

__all__ = ["Explanation", "LaplasCallback", "api_tokens", "callback", "explain", "register"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name in ("LaplasCallback", "callback"):
        from . import router_callback

        return getattr(router_callback, name)
    if name == "register":
        from . import provider

        return provider.register
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
