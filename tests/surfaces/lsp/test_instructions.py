"""Instruction comments in every style, and in documents that were made to be slow."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.surfaces.lsp.review.instructions import (
    MOST_CHARACTERS,
    MOST_LINES,
    Instruction,
    find_instructions,
)

MB = 1_000_000
BOUND_S = 2.0
"""For a document of a megabyte on a slow machine; one that backtracks takes hours."""


def found(text: str) -> list[Instruction]:
    return list(find_instructions(text))


def texts(text: str) -> list[str]:
    return [instruction.text for instruction in find_instructions(text)]


@pytest.mark.parametrize(
    "line",
    [
        "# agent: do it",
        "#agent: do it",
        "#agent:do it",
        "## agent: do it",
        "    # agent: do it",
        "\t# agent: do it",
        "x = 1  # agent: do it",
        "// agent: do it",
        "/// agent: do it",
        "-- agent: do it",
        "; agent: do it",
        ";; agent: do it",
        "% agent: do it",
        "%% agent: do it",
        "/* agent: do it */",
        "/** agent: do it **/",
        "/* agent: do it */ int x;",
        "/* agent: do it",
        "<!-- agent: do it -->",
        "<!-- agent: do it --> text",
        "(* agent: do it *)",
        '" agent: do it',
        '    " agent: do it',
        "# AGENT: do it",
        "# Agent: do it",
        "# agent:    do it   ",
        "#\u00a0agent: do it",
    ],
)
def test_a_comment_of_any_style_is_an_instruction(line: str) -> None:
    assert found(f"one\n{line}\nlast\n") == [Instruction(1, 1, "do it")]


@pytest.mark.parametrize(
    "line",
    [
        "agent: do it",
        "user-agent: do it",
        "# user agent: do it",
        "# useragent: do it",
        "# agents: do it",
        "# agent do it",
        "# agent :do it",
        "http://agent: do it",
        "x#agent: do it",
        "--agent: an option of a command",
        "  --agent: an option of a command",
        'x = "agent: do it"',
        'log("agent: do it")',
        'call( "agent: do it")',
        'x = " agent: do it"',
        '"agent: do it",',
        "x = '# agent: do it'",
        "/ agent: do it",
        "- agent: do it",
        "# agent:",
        "# agent:   ",
        "/* agent: */",
        "<!-- agent: -->",
        "######### agent: do it",
    ],
)
def test_what_only_looks_alike_is_none(line: str) -> None:
    assert found(f"{line}\n") == []


def test_a_comment_mark_in_a_string_after_a_blank_is_taken_for_a_comment() -> None:
    """No language is parsed; all that comes of it is an action that nobody has to take."""
    assert texts("x = ' # agent: do it'\n") == ["do it'"]


def test_the_words_after_a_closed_block_comment_are_not_part_of_it() -> None:
    assert texts("/* agent: do it */ more(); /* other */\n") == ["do it"]


def test_a_line_comment_keeps_what_would_end_a_block_comment() -> None:
    assert texts("# agent: write */5 * * * * and a -->\n") == ["write */5 * * * * and a -->"]


def test_a_line_has_one_instruction() -> None:
    assert texts("# agent: first # agent: second\n") == ["first # agent: second"]


def test_a_comment_goes_on_below_with_the_same_mark_and_a_deeper_indent() -> None:
    text = "x\n  # agent: split this\n  #   and keep\n  #\tits tests\n  # not this\n"
    assert found(text) == [Instruction(1, 3, "split this and keep its tests")]


@pytest.mark.parametrize("below", ["# next", "#next", "#", "#    ", "//   next", "next", "", "x #   next"])
def test_other_lines_below_do_not_belong_to_it(below: str) -> None:
    assert found(f"# agent: do it\n{below}\n") == [Instruction(0, 1, "do it")]


def test_an_instruction_below_is_one_of_its_own() -> None:
    assert found("# agent: one\n#   agent: two\n") == [Instruction(0, 1, "one"), Instruction(1, 1, "two")]


def test_line_ends_of_windows_are_no_part_of_the_words() -> None:
    text = "x\r\n# agent: do it\r\n#   and that\r\n/* agent: more */\r\n"
    assert found(text) == [Instruction(1, 2, "do it and that"), Instruction(3, 1, "more")]


def test_the_last_line_needs_no_line_end() -> None:
    assert found("a\n# agent: do it") == [Instruction(1, 1, "do it")]


def test_an_instruction_longer_than_a_person_writes_is_none_as_half_of_it_could_mean_something_else() -> None:
    assert texts("# agent: " + "x" * MOST_CHARACTERS + "\n") == ["x" * MOST_CHARACTERS]
    assert texts("# agent: " + "x" * (MOST_CHARACTERS + 1) + "\n") == []
    assert texts("# agent: x\n" + "#   y\n" * MOST_LINES) == []


@pytest.mark.parametrize(
    "text",
    [
        "x" * MB,
        "#" * MB,
        "# " * (MB // 2),
        " " * MB,
        "#" + " " * MB,
        "# agent:" + " " * MB,
        "# agent: x" + " " * MB + "y",
        "# agent: " + "*" * MB,
        "/* agent: " + "*" * MB,
        "/* agent: " + "* /" * (MB // 3),
        "# agent: " + "-- >" * (MB // 4),
        "#" * MB + " agent: x",
        '" agent: ' * (MB // 9),
        ' " agent: \n' * (MB // 11),
        "# agent: x\n#" + " " * MB,
        "# agent: x\n" + "#   y\n" * (MB // 6),
        "agent:" * (MB // 6),
        "# agent:" * (MB // 8),
        "\n" * MB,
        "# agent: x\n" * 50_000,
        "code = 1  # a comment\n" * 50_000,
    ],
    ids=lambda text: f"{text[:14]!r}",
)
def test_a_document_made_to_be_slow_takes_no_longer_than_any(text: str) -> None:
    begun = time.process_time()
    list(find_instructions(text))
    assert time.process_time() - begun < BOUND_S


WORDS = st.text(
    alphabet=st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="*-"),
    min_size=1,
    max_size=40,
)


@given(st.lists(st.sampled_from(["# agent: a", "#   b", "x", "", "/* agent: c */", "\r", " // agent: d"]), max_size=30))
def test_each_instruction_stands_on_the_line_that_it_names(lines: list[str]) -> None:
    for instruction in find_instructions("\n".join(lines)):
        assert "agent: " + instruction.text[0] in lines[instruction.line]
        assert instruction.line + instruction.lines <= len(lines)


@given(WORDS)
def test_what_a_person_writes_is_what_is_asked(words: str) -> None:
    if not words.strip():
        return
    assert texts(f"// agent: {words}\n")[0].split() == words.split()


@given(st.text(alphabet='#/*-;%<!"( agent:\n\r\tx', max_size=200))
def test_no_text_makes_it_fail(text: str) -> None:
    for instruction in find_instructions(text):
        assert instruction.text.strip()
