"""What is understood, and that nothing else is ever acted on."""

import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.app.models import SETUP
from bridge.harness.models.offline.grammar import ALL_PARTS, FORMS
from bridge.harness.models.offline.page import PAGE, help_text, page
from bridge.harness.models.offline.patterns import compiled
from bridge.harness.models.offline.reading import Understood, read
from bridge.harness.models.offline.slots import SLOTS
from bridge.harness.models.offline.spelling import FORGIVEN, is_slip
from bridge.harness.models.offline.wishes import said
from bridge.harness.models.offline.words import MOST_CHARACTERS, normalised, split, word_set
from bridge.surfaces.lsp.review.refactorings import CALLED, PROMPTS
from tests.harness.models.offline.table import ASKS, NOTHING, acts, edits, rows, told
from tests.support.corpora import PROJECT

EXAMPLES = [(text, wanted) for form in FORMS for text, wanted in form.examples]
REQUESTS = [prompt for prompt, wanted in rows() if wanted not in {ASKS, NOTHING}]
EDITS = [prompt for prompt in REQUESTS if edits(read(prompt))]
SLOW_S = 2.0
"""For one prompt: a turn waits for it. Seen: 0.02 s for a sentence."""

ELSE = word_set(
    """except only unless if not don't never without but instead later tomorrow maybe half carefully however why nobody
unused twice sometimes almost nearly sorted shorter longer before after until while because assuming provided despite
blue coffee window yesterday somehow three hopefully merely partially"""
)
"""Words that no request has: each may change what it means."""


@pytest.mark.parametrize(("text", "wanted"), EXAMPLES, ids=[text for text, _ in EXAMPLES])
def test_each_example_is_read_as_the_request_beside_it(text: str, wanted: str) -> None:
    assert told(read(text)) == wanted


@pytest.mark.parametrize("text", REQUESTS)
def test_the_plainest_words_for_a_request_are_read_as_that_request(text: str) -> None:
    reading = read(text)
    assert isinstance(reading, Understood)
    for wish in reading.wishes:
        assert read(said(wish)) == Understood((wish,))


def test_the_table_of_phrasings(capsys: pytest.CaptureFixture[str]) -> None:
    table = list(rows())
    assert len({prompt for prompt, _ in table}) == len(table)
    wrong = [(prompt, told(read(prompt)), wanted) for prompt, wanted in table if told(read(prompt)) != wanted]
    asked = [wanted for _, wanted in table if wanted not in {ASKS, NOTHING}]
    missed = [row for row in wrong if row[2] not in {ASKS, NOTHING}]
    with capsys.disabled():
        sys.stdout.write(
            f"\n{len(asked) - len(missed)} of {len(asked)} requests understood, {len(table)} phrasings in all\n"
        )
    assert [row for row in wrong if edits(read(row[0]))] == []
    assert wrong == []


@pytest.mark.parametrize(("action", "prompt"), PROMPTS.items())
def test_what_the_editor_entries_ask_is_understood(action: str, prompt: str) -> None:
    words = {"name": "total", "new_name": "grand_total", "to": "shop/prices.py"}
    named = [CALLED] if action.startswith("extract") else []
    for text in (prompt, *(prompt + more for more in named)):
        reading = read(text.format(**words))
        assert isinstance(reading, Understood)
        assert len(reading.wishes) == 1
        assert action.startswith(reading.wishes[0].kind)
        assert edits(reading)


def test_every_pattern_is_well_made_and_uses_what_there_is() -> None:
    patterns = [pattern for form in FORMS for pattern in (*form.patterns, *form.doubtful)]
    for pattern in (*patterns, *ALL_PARTS.values()):
        parts, slots = _uses(compiled(pattern))
        assert parts <= ALL_PARTS.keys(), pattern
        assert slots <= SLOTS.keys(), pattern


def _uses(node: object) -> tuple[set[str], set[str]]:
    name, type_ = getattr(node, "name", None), getattr(node, "type", None)
    parts = {name} if type(node).__name__ == "Part" else set()
    slots = {type_} if type_ else set()
    inner = [*getattr(node, "nodes", ()), *([node.node] if hasattr(node, "node") else [])]
    for one in inner:
        more = _uses(one)
        parts |= more[0]
        slots |= more[1]
    return {str(part) for part in parts}, {str(slot) for slot in slots}


@pytest.mark.parametrize("pattern", ["rename {new", "a)", "(a", "[a", "a]", "<unclosed", "a>b<"])
def test_a_pattern_that_is_not_well_made_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"not a pattern|bracket"):
        compiled(pattern)


def test_the_page_is_what_the_grammar_says() -> None:
    assert (PROJECT / PAGE).read_text(encoding="utf-8") == page(SETUP)
    for text, _ in EXAMPLES:
        assert text in page(SETUP)
    assert all(f"  {form.examples[0][0]}\n" in help_text() + "\n" for form in FORMS[:6])


@settings(deadline=None, max_examples=80)
@given(prompt=st.sampled_from(EDITS), word=st.sampled_from(sorted(ELSE)), place=st.integers(0, 40))
def test_a_word_too_many_is_never_overlooked(prompt: str, word: str, place: int) -> None:
    """It may be taken for a name to look for, which is not found; never for a new one."""
    words = split(normalised(prompt))
    at = words[place % len(words)].start
    changed = f"{normalised(prompt)[:at]} {word} {normalised(prompt)[at:]}"
    if word in {"instead", "after", "before"}:
        return  # words of some requests
    reading = read(changed)
    if isinstance(reading, Understood) and edits(reading):
        assert any(word in {wish.subject.name, wish.subject.holder} for wish in reading.wishes), changed


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.sampled_from([*sorted(ELSE), "rename", "total", "to", "grand_total", "inline", "move", "the", "a.py"]),
        max_size=12,
    )
)
def test_word_salad_is_no_edit_where_a_word_has_no_place(words: list[str]) -> None:
    if set(words) & (ELSE - {"instead", "after", "before", "later"}):
        assert not edits(read(" ".join(words))), words


@settings(deadline=None, max_examples=80)
@given(st.text(st.characters(exclude_characters="aeoAEO"), max_size=200))
def test_any_text_is_read_and_is_no_edit_by_chance(text: str) -> None:
    """Without the letters of the verbs: Hypothesis takes strings of the sources for texts, and some are requests."""
    assert not edits(read(text)), text


_VOCABULARY = sorted({word for text, _ in EXAMPLES for word in text.split()} | {"and", "then", "not", "in", "a.py"})


@settings(deadline=None, max_examples=80)
@given(st.lists(st.sampled_from(_VOCABULARY), max_size=10))
def test_what_is_read_from_words_in_any_order_names_only_what_was_said(words: list[str]) -> None:
    text = " ".join(words)
    reading = read(text)
    if not isinstance(reading, Understood) or not acts(reading):
        return
    for wish in reading.wishes:
        for name in (wish.new, wish.to, wish.subject.name, wish.subject.holder, wish.spec.name, wish.spec.anchor):
            assert name in text
        assert "not" not in words or not wish.edits


@pytest.mark.parametrize(
    "text",
    [
        "rename " + "a " * 300,
        "please " * 60 + "rename a to b",
        "rename a to b and " * 15 + "rename a to b",
        "and then " * 30,
        "(" * 500,
        "`" * 501,
        "to to to to the the the of of of in in in total total total " * 3,
        "find usages of " * 20,
        "in a.py " * 20 + "rename a to b",
        "x" * (MOST_CHARACTERS + 10),
    ],
)
def test_no_prompt_takes_long(text: str) -> None:
    began = time.perf_counter()
    read(text)
    assert time.perf_counter() - began < SLOW_S


def test_the_same_request_seventeen_times_is_one_reading() -> None:
    reading = read("rename a to b, then " * 5 + "rename a to b")
    assert isinstance(reading, Understood)
    assert len(reading.wishes) == 6


@pytest.mark.parametrize(
    "written", ["renmae", "renam", "reaname", "renaem", "orgnise", "improts", "paramter", "vairable"]
)
def test_slips_are_forgiven(written: str) -> None:
    assert any(is_slip(written, meant) for meant in FORGIVEN)


@pytest.mark.parametrize(
    "written", ["renamed", "renames", "online", "removed", "exports", "named", "called", "inlined", "moved"]
)
def test_other_words_are_no_slips(written: str) -> None:
    assert [meant for meant in FORGIVEN if is_slip(written, meant)] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rename `a b` to 'c'.", ["rename", "a b", "to", "c", "."]),
        ("Basket's total", ["Basket", "'s", "total"]),
        ("don't", ["don't"]),
        ("tax: dict[str, int] = f(1, 2)", ["tax", ":", "dict[str, int]", "=", "f(1, 2)"]),
        ("a.py:12, b", ["a.py:12", ",", "b"]),
        ("lines 10 – 14", ["lines", "10-14"]),
        ("a→b", ["a→b"]),
        ("a → b", ["a", "->", "b"]),
        ("“a” ‘b’", ["a", "b"]),
        ("e.g. x…", ["e.g", ".", "x", "…"]),
        ("", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert [word.text for word in split(normalised(text))] == words
