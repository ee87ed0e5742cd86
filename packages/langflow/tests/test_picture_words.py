import pytest

from lfx_laplas.picture_words import picture_markdown, picture_request


@pytest.mark.parametrize("prompt", ["a [cat](http://x)", "a\n\ncat", "a \\] cat"])
def test_a_description_stays_in_its_brackets(prompt):
    words = picture_markdown(prompt, "http://p/1.png").removeprefix("![").removesuffix("](http://p/1.png)")
    assert not set(words) & set("[]\\\n")


def test_a_long_description_is_cut():
    assert len(picture_markdown("a" * 5000, "http://p/1.png")) < 250


def test_a_size_is_sent_as_it_was_typed_or_not_at_all():
    assert picture_request("m", "p", None) == {"model": "m", "prompt": "p"}
    assert picture_request("m", "p", "  ") == {"model": "m", "prompt": "p"}
    assert picture_request("m", "p", " square ") == {"model": "m", "prompt": "p", "size": "square"}
