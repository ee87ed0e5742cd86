"""The gateway that `register` named, for all that has to find it."""

from dataclasses import dataclass, field

PROVIDER = "laplas"
"""What stands before the slash in `laplas/gpt-4o-mini`."""


@dataclass(frozen=True, slots=True)
class Registration:
    """Where `laplas/<id>` goes, and with what."""

    address: str
    """Without `/v1`."""
    token: str | None = field(repr=False)

    def token_for(self, address: str | None) -> str | None:
        """Give the token for calls to this address, None standing for the registered one. It goes nowhere else."""
        return self.token if address in (None, self.address) else None


_current: Registration | None = None


def set_registration(registration: Registration | None) -> None:
    """Remember it for the whole process, as LiteLLM remembers its providers."""
    global _current
    _current = registration


def current_registration() -> Registration | None:
    """Give the latest, None before the first."""
    return _current
