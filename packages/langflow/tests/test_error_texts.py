import pytest

from lfx_laplas.error_texts import fatal_text, retry_text


def test_begins_with_what_to_do():
    assert retry_text("One at a time.", 2.0) == "Retryable: wait 2 s. One at a time."
    assert fatal_text("No attachments.") == "Fatal: do not retry. No attachments."
    assert (
        fatal_text("Spent.", "2026-03-11T00:00:02.000Z")
        == "Fatal: do not retry before 2026-03-11T00:00:02.000Z. Spent."
    )


@pytest.mark.parametrize("said", ["model x not found", "Not Found", "it was NOT FOUND here"])
def test_never_holds_the_words_that_langflow_answers_with_404(said):
    assert "not found" not in fatal_text(said).lower()
    assert "missing" in fatal_text(said)


@pytest.mark.parametrize(
    "said",
    [
        "`temperature` is deprecated for this model",
        "temperature is deprecated",
        "Unsupported parameter: 'temperature' is not supported with this model",
        "'temperature' does not support 0.1",
    ],
)
def test_never_holds_the_words_that_make_lfx_call_again(said):
    from lfx.base.models.model_remediation import find_remediation

    assert find_remediation(said, None, already_applied=set()) is not None
    assert find_remediation(fatal_text(said), None, already_applied=set()) is None
    assert "temperature" in fatal_text(said)
