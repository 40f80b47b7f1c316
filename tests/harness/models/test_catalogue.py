"""What is known of models."""

import pytest
from genai_prices import data

from bridge.harness.models.catalogue import KNOWN, WORDS, EffortWord, effort_word, info
from bridge.harness.values.model import Effort, ModelInfo

ROUNDED = 0.06
"""The price list rounds some windows to the million."""


def test_each_model_is_there_once_and_whole() -> None:
    assert len({one.id for one in KNOWN}) == len(KNOWN)
    for one in KNOWN:
        assert one.window is not None
        assert one.output is not None
        assert 0 < one.output <= one.window
        assert list(one.efforts) == sorted(one.efforts, key=WORDS.index)


def test_windows_are_those_of_the_price_list() -> None:
    (openai,) = (provider for provider in data.providers if provider.id == "openai")
    compared = 0
    for one in KNOWN:
        listed = openai.find_model(one.id)
        if listed is not None and listed.context_window is not None:
            compared += 1
            assert one.window == pytest.approx(listed.context_window, rel=ROUNDED), one.id
    assert compared > 30


def test_a_snapshot_is_known_by_its_model() -> None:
    found = info("gpt-5-2025-08-07")
    assert (found.id, found.window, found.efforts) == (
        "gpt-5-2025-08-07",
        400_000,
        ("minimal", "low", "medium", "high"),
    )


@pytest.mark.parametrize("name", ["gpt-5-turbo", "gpt-5-2025", "my-gpt-5", "gpt-5-2025-08-07-fine", "", "gpt-50"])
def test_others_are_not_guessed(name: str) -> None:
    assert info(name) == ModelInfo(name)


def test_a_window_that_is_given_goes_before_the_table() -> None:
    assert info("gpt-5", 1000).window == 1000
    assert info("gpt-5", 1000).output == 128_000
    assert info("tiny", 8192) == ModelInfo("tiny", 8192)


@pytest.mark.parametrize(
    ("model", "effort", "word", "said"),
    [
        ("gpt-6-astra", "max", "max", False),
        ("gpt-5.2", "max", "xhigh", False),
        ("gpt-5.2", "low", "low", False),
        ("gpt-5", "max", "high", True),
        ("gpt-5-pro", "low", "high", True),
        ("gpt-5.2-pro", "low", "medium", True),
        ("gpt-4.1", "high", "", True),
        ("tiny", "medium", "medium", False),
        ("tiny", "max", "high", True),
    ],
)
def test_the_word_for_an_effort(model: str, effort: Effort, word: str, said: bool) -> None:
    found = effort_word(info(model, 8192), effort)
    assert found.word == word
    assert bool(found.why) is said


def test_what_is_known_of_a_model_may_come_from_elsewhere() -> None:
    assert effort_word(ModelInfo("tiny", efforts=("none", "low")), "high") == EffortWord(
        "low", "tiny has no high: effort low is used"
    )


def test_why_another_effort_is_used_says_which_one_and_what_the_model_lacks() -> None:
    assert effort_word(info("gpt-5"), "max").why == "gpt-5 has no max: effort high is used"
    assert effort_word(info("tiny"), "max").why == "it is not known whether tiny has max: effort high is used"
