"""What is known of a turn when it is over: whether it asks, and how much of it stands."""

from typing import Any

import pytest

from bridge.harness.engine.mending import BROKEN, CUT_OFF
from bridge.harness.engine.turn import ASK_AGAIN
from bridge.protocol.update import AgentMessageChunk, NoteUpdate, SessionNotification, SessionUpdate, TurnEnded
from bridge.surfaces.terminal.output import Palette, Screen
from bridge.surfaces.terminal.teller import Account, Teller, asks
from tests.surfaces.terminal.fakes import ROOT, FakeOut, a_hunk, a_screen


@pytest.mark.parametrize(
    "message",
    [
        "Which one do you mean?\n1. function `total`, a.py:1\n2. b.py:3\nAnswer with its number, or its file.",
        "I looked.\n\nWhich one?\n\n- a.py\n- b.py\n",
        "I can read that in two ways:\n1. rename a\n2. move a\nAnswer with the number.",
        "`total` has no default. It is called in 3 places. Answer with one, such as `default None`.",
        "In which file? Say it with its path, such as `rename a in basket.py`.",
        "Shall I rename it, without that? (yes/no)",
        "Do you mean `basket.py`? Or another?",
        "Is it `total`?",
        'He asked: "Which one?"',
        "どのファイルですか？",
    ],
)
def test_a_message_that_ends_with_a_question_asks(message: str) -> None:
    assert asks(message)


@pytest.mark.parametrize(
    "message",
    [
        "",
        "Done.",
        "Should it be moved? I looked.\n\nIt is done: 3 hunks accepted.",
        "I don't understand that. I understand:\n- `who uses total?`\n- `where is total?`",
        "I can tell you who uses a name: `who uses total?`",
        "It stands here:\n\n- a.py:3: really?\n- b.py:4: why?",
        "It reads\n\n```\nwhy?\n\nwhat?\n```",
        "It reads\n\n> why?",
        "It is `a ? b : c`, or a ?. b in the text, and a?b.",
        "The Answer is 42, and Answered.",
    ],
)
def test_a_message_that_tells_something_does_not_ask(message: str) -> None:
    assert not asks(message)


def words(text: str, message: str) -> AgentMessageChunk:
    content = {"type": "text", "text": text}
    return AgentMessageChunk.parse({"sessionUpdate": "agent_message_chunk", "content": content, "messageId": message})


def test_the_last_message_is_put_together_from_its_pieces() -> None:
    account = Account()
    for text, message in (("Which", "m1"), ("?", "m1"), ("It is ", "m2"), ("done.", "m2")):
        account.on_update(words(text, message))
    assert account.said == "It is done."


def stands(known: str, **changed: Any) -> Any:
    return a_hunk(known, decision="accepted", placement="present", **changed)


OPEN = a_hunk("open", decision="withdrawn")


@pytest.mark.parametrize(
    ("hunks", "told"),
    [
        ([], ""),
        ([OPEN], "Nothing of what was proposed was applied."),
        ([stands("h1"), OPEN], "1 of 2 accepted and in src/a.py; the rest was not applied."),
        ([stands("h1"), stands("h2")], "2 of 2 accepted and in src/a.py."),
        (
            [*(stands(name, uri=f"file:///project/{name}.py") for name in "abcde"), OPEN],
            "5 of 6 accepted and in a.py, b.py, c.py and 2 more files; the rest was not applied.",
        ),
    ],
)
def test_of_a_cancelled_turn_it_is_told_how_much_stands_and_where(hunks: list[Any], told: str) -> None:
    account = Account({hunk.hunk_id: hunk for hunk in hunks})
    screen, out = a_screen()
    ended = TurnEnded.parse({"sessionUpdate": "turn_ended", "turnId": "t", "stopReason": "cancelled"})
    Teller(screen, ROOT, account).on_update(ended)
    assert out.text == f"The turn was cancelled. {told}".rstrip() + "\n"


@pytest.mark.parametrize(
    "text",
    [CUT_OFF, BROKEN, ASK_AGAIN.format(misfit="it is not JSON"), "Your last message was not finished. It was stopped."],
)
def test_what_the_model_alone_is_told_is_no_note_to_the_person(text: str) -> None:
    screen, out = a_screen()
    teller = Teller(screen, ROOT, Account())
    teller.on_update(NoteUpdate(text=text))
    assert out.text == ""
    teller.on_update(NoteUpdate(text="The user changed a.py."))
    assert out.text == "  note: The user changed a.py.\n"


def update(**fields: object) -> SessionUpdate:
    return SessionNotification.parse({"sessionId": "s", "update": fields}).update


def test_what_runs_after_a_yes_is_shown_while_it_runs_and_nothing_once_the_turn_is_stopping() -> None:
    out = FakeOut(terminal=True)
    screen = Screen(out, out, Palette(coloured=False))
    teller = Teller(screen, ROOT, Account())
    teller.on_update(update(sessionUpdate="tool_call", toolCallId="c", title="Run sleep 30", status="pending"))
    screen.prompt("> ")
    screen.reply("accepted")
    out.text = ""
    teller.on_update(update(sessionUpdate="tool_call_update", toolCallId="c", status="in_progress"))
    assert out.text.endswith("⋯ Run sleep 30")
    screen.stopping()
    out.text = ""
    teller.on_update(update(sessionUpdate="tool_call_update", toolCallId="c", status="failed"))
    assert out.text == "✗ Run sleep 30: not finished\n"


@pytest.mark.parametrize("message", ["I won't.", ""])
def test_a_refusal_whose_words_stand_above_is_not_told_again(message: str) -> None:
    account = Account()
    account.on_update(words("I won't. ", "m1"))
    screen, out = a_screen()
    Teller(screen, ROOT, account).on_update(
        update(sessionUpdate="turn_ended", turnId="t", stopReason="refusal", message=message)
    )
    assert out.text == "The turn ended early: the model refused.\n"
