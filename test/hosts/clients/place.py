"""What the clients look up and read, in no client's terms."""

from pydantic import BaseModel

HELLO = "Hello"
SEA = "Write 60 words about the sea"
LISBON = "What is the weather in Lisbon?"
REYKJAVIK = "Reykjavik, a city in Iceland, has 140,000 inhabitants."


class Place(BaseModel):
    """A place."""

    name: str
    inhabitants: int


def weather_of(city: str) -> str:
    return f"It is 18 degrees and sunny in {city}."
