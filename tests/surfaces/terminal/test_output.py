"""Streams, colours, the line that says what goes on."""

import json
import os

import pytest

from bridge.surfaces.terminal.output import Descriptor, Palette, Screen, wants_colour
from tests.surfaces.terminal.fakes import FakeOut, a_screen
from tests.surfaces.terminal.terminal_child import cells, plain


@pytest.mark.parametrize(
    ("environment", "terminal", "coloured"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"TERM": "dumb"}, True, False),
    ],
)
def test_colours_are_for_terminals_unless_somebody_says_no(
    environment: dict[str, str], terminal: bool, coloured: bool
) -> None:
    assert wants_colour(environment, terminal) is coloured


def test_words_go_to_one_stream_and_all_else_to_the_other() -> None:
    answers, aside = FakeOut(), FakeOut()
    screen = Screen(answers, aside, Palette(coloured=False))
    screen.words("Hel")
    screen.words("lo")
    screen.line("· Read a.py")
    assert (answers.text, aside.text) == ("Hello\n", "· Read a.py\n")


def test_the_models_words_give_no_orders_to_the_terminal() -> None:
    screen, out = a_screen()
    screen.words("a\x1b[2Jb\nc\u202ed\te")
    assert out.text == "a\\x1b[2Jb\nc\\u202ed\te"


def test_what_goes_on_is_wiped_before_anything_is_written() -> None:
    out = FakeOut(terminal=True)
    screen = Screen(out, out, Palette(coloured=False))
    screen.status("thinking")
    assert "⋯ thinking" in plain(cells(out.text.encode()))
    screen.status("Read a.py " + "x" * 200)
    assert len(plain(cells(out.text.encode()))) < 80
    screen.words("Hello")
    screen.status("not within a line")
    screen.line("done")
    assert plain(cells(out.text.encode())) == "Hello\ndone\n"


def test_what_comes_between_a_prompt_and_its_reply_stands_above_them() -> None:
    out = FakeOut(terminal=True)
    screen = Screen(out, out, Palette(coloured=False))
    screen.prompt("> ")
    screen.line("· Read a.py")
    screen.status("not beside a prompt")
    screen.reply("accepted")
    screen.prompt("> ")
    screen.words("Hello")
    screen.reply("rejected")
    screen.line("done")
    assert plain(cells(out.text.encode())) == ">\n· Read a.py\n> accepted\n>\nHello\n> rejected\ndone\n"


def test_without_a_terminal_what_goes_on_is_not_written() -> None:
    screen, out = a_screen()
    screen.status("thinking")
    assert out.text == ""


def test_a_reader_that_went_away_is_noticed_and_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    out = Descriptor(writing)
    out.write("x")
    out.write("y")
    os.close(writing)
    assert out.broken


def test_a_lone_surrogate_is_written_as_json_writes_it() -> None:
    reading, writing = os.pipe()
    Descriptor(writing).write(json.dumps("\udc80é", ensure_ascii=False))
    os.close(writing)
    written = os.read(reading, 100)
    os.close(reading)
    assert (written, json.loads(written)) == (b'"\\udc80\xc3\xa9"', "\udc80é")
