import pytest

from lfx_laplas.known_models import KNOWN_MODELS
from lfx_laplas.model_rows import of_modality, output_hint, to_metadata

ROWS = [
    {"id": "a", "modality": "chat", "max_output_tokens": 512, "capabilities": {"tools": True, "reasoning": False}},
    {"id": "a-latest", "modality": "chat", "alias_of": "a"},
    {"id": "v", "modality": "embedding"},
    {"id": "p", "modality": "image"},
]


def test_lists_each_model_once_and_by_its_kind():
    assert [row["id"] for row in of_modality(ROWS, "chat")] == ["a"]
    assert [(row["name"], row["tool_calling"], row["default"]) for row in to_metadata(ROWS, "llm")] == [
        ("a", True, True)
    ]
    assert [row["name"] for row in to_metadata(ROWS, "embeddings")] == ["v"]


def test_says_of_many_tokens_what_the_gateway_says():
    assert output_hint(ROWS, "a") == "Empty: 512, the most that the tier gives a. More is taken for 512."
    assert output_hint(ROWS, "v") == "Empty: as many as the tier gives."
    assert output_hint([], "a") == "Empty: as many as the tier gives."


@pytest.mark.parametrize("modality", ["chat", "embedding", "image"])
def test_the_package_knows_models_of_every_kind(modality):
    ids = [row["id"] for row in of_modality(KNOWN_MODELS, modality)]
    assert len(ids) > 5
    assert len(set(ids)) == len(ids)
