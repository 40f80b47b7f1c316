"""The loop that asks, with keys that were written down."""

from collections.abc import Sequence

import anyio
import pytest

from bridge.protocol.review import HunkView
from bridge.protocol.update import ApprovalClosed, ApprovalOpened, HunkUpdate
from bridge.surfaces.terminal.choices import Decision
from bridge.surfaces.terminal.deciding import Asker, Person, Refuser
from tests.surfaces.terminal.fakes import (
    LINES,
    ROOT,
    FakeConversation,
    FakeKeys,
    FakeOut,
    a_hunk,
    a_question,
    a_screen,
)

pytestmark = pytest.mark.anyio

OTHER = "file:///project/src/b.py"


async def ask(keys: FakeKeys, *hunks: HunkView, outcome: str = "") -> tuple[FakeConversation, FakeOut]:
    """Run the loop until nothing is left to decide, or the turn is stopped."""
    screen, out = a_screen()
    conversation = FakeConversation(hunks, outcome)
    asker = Asker(conversation, Person(keys, screen, ROOT), screen)
    async with anyio.create_task_group() as group:
        group.start_soon(asker.run)
        await conversation.empty.wait()
        group.cancel_scope.cancel()
    return conversation, out


async def test_that_a_change_is_meant_as_a_whole_is_told_once_before_its_first_hunk() -> None:
    whole = [a_hunk(f"h{number}", atomic=True) for number in range(3)]
    _, out = await ask(FakeKeys("y", "y", "y", "y"), *whole, a_hunk("other", atomic=True, proposalId="q"))
    assert out.text.count("meant as a whole") == 2
    assert out.text.index("meant as a whole") < out.text.index("hunk 1/3")
    _, plain = await ask(FakeKeys("y"), a_hunk())
    assert "meant as a whole" not in plain.text


async def test_each_hunk_is_asked_in_its_turn_and_decided_by_its_key() -> None:
    conversation, out = await ask(FakeKeys("y", "n"), a_hunk("h1"), a_hunk("h2", index=1))
    assert conversation.told == [(("h1",), True, ""), (("h2",), False, "")]
    assert out.text.index("hunk 1/3") < out.text.index("> accepted") < out.text.index("hunk 2/3")
    assert out.text.rstrip().endswith("> rejected")


async def test_a_typed_reason_goes_with_the_rejection() -> None:
    conversation, _ = await ask(FakeKeys("r", "  too clever "), a_hunk())
    assert conversation.told == [(("h1",), False, "too clever")]


async def test_without_words_nothing_is_rejected_and_the_keys_are_asked_again() -> None:
    conversation, _ = await ask(FakeKeys("r", "", "y"), a_hunk())
    assert conversation.told == [(("h1",), True, "")]


@pytest.mark.parametrize(("key", "accept"), [("a", True), ("d", False)])
async def test_all_in_the_file_are_decided_together_and_no_other_file(key: str, accept: bool) -> None:
    hunks = [a_hunk("h1"), a_hunk("h2"), a_hunk("h3", uri=OTHER)]
    conversation, _ = await ask(FakeKeys(key, "n"), *hunks)
    assert conversation.told == [(("h1", "h2"), accept, ""), (("h3",), False, "")]


async def test_accepting_all_in_the_file_leaves_out_what_no_longer_fits() -> None:
    conversation, _ = await ask(FakeKeys("a", "y", "n"), a_hunk("h1"), a_hunk("h2", fit="stale"))
    assert conversation.told == [(("h1",), True, ""), (("h2",), False, "")]


async def test_stop_cancels_the_turn_and_decides_nothing() -> None:
    conversation, _ = await ask(FakeKeys("q"), a_hunk())
    assert conversation.told == [("cancel",)]


async def test_a_key_that_means_nothing_is_said_and_asked_again() -> None:
    conversation, out = await ask(FakeKeys("x", "\x1b[A", "?", "y"), a_hunk())
    assert conversation.told == [(("h1",), True, "")]
    assert out.text.count("means nothing here") == 2
    assert "the agent is told why while its turn goes on" in out.text


async def test_keys_pressed_before_a_hunk_was_shown_are_dropped() -> None:
    keys = FakeKeys("y", "y")
    await ask(keys, a_hunk("h1"), a_hunk("h2"))
    assert keys.forgotten == 2


async def test_an_accepted_hunk_that_could_not_be_applied_is_said() -> None:
    _, out = await ask(FakeKeys("y"), a_hunk(), outcome="absent")
    assert "not applied: \\x1b[2Jbecause" in out.text


async def test_a_question_is_shown_answered_with_an_offered_choice_and_comes_before_hunks() -> None:
    screen, _ = a_screen()
    conversation = FakeConversation([a_hunk()])
    asker = Asker(conversation, Person(FakeKeys("y", "q"), screen, ROOT), screen)
    asker.on_update(ApprovalOpened(approval=a_question()))
    await asker.run()
    assert conversation.told == [("shown", "q1"), ("answer", "q1", "yes", ""), ("cancel",)]


async def test_a_question_that_was_settled_elsewhere_is_not_asked() -> None:
    screen, _ = a_screen()
    conversation = FakeConversation([a_hunk()])
    asker = Asker(conversation, Person(FakeKeys("q"), screen, ROOT), screen)
    asker.on_update(ApprovalOpened(approval=a_question()))
    asker.on_update(ApprovalClosed(approval_id="q1", state="expired"))
    await asker.run()
    assert conversation.told == [("cancel",)]


async def test_the_loop_sleeps_until_a_hunk_comes() -> None:
    screen, _ = a_screen()
    conversation = FakeConversation()
    asker = Asker(conversation, Person(FakeKeys("q"), screen, ROOT), screen)
    async with anyio.create_task_group() as group:
        group.start_soon(asker.run)
        await conversation.empty.wait()
        conversation.open = [a_hunk()]
        asker.on_update(HunkUpdate(hunk=a_hunk()))
    assert conversation.told == [("cancel",)]


async def test_nobody_says_no_to_everything_openly_and_counts() -> None:
    screen, out = a_screen()
    refuser = Refuser(screen, ROOT, "nobody is there")
    decisions: Sequence[Decision] = [
        await refuser.on_hunk(a_hunk(), "".join(LINES)),
        await refuser.on_question(a_question()),
    ]
    assert decisions == [Decision("reject", "nobody is there")] * 2
    assert refuser.refused == 2
    assert "- 2  two" in out.text
    assert out.text.count("> rejected: nobody is there") == 2
