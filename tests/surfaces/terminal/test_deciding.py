"""The loop that asks, with keys that were written down."""

from collections.abc import Sequence

import anyio
import anyio.lowlevel
import pytest

from bridge.protocol.review import HunkOutcome, HunkView
from bridge.protocol.update import ApprovalClosed, ApprovalOpened, HunkUpdate
from bridge.surfaces.terminal.by_seed import BySeed
from bridge.surfaces.terminal.choices import Decision
from bridge.surfaces.terminal.deciding import Asker, Person, Refuser
from tests.surfaces.terminal.fakes import (
    ESCAPE,
    LINES,
    ROOT,
    FakeConversation,
    FakeKeys,
    FakeOut,
    a_hunk,
    a_question,
    a_screen,
)
from tests.surfaces.terminal.terminal_child import cells, plain

pytestmark = pytest.mark.anyio

OTHER = "file:///project/src/b.py"


class SlowConversation(FakeConversation):
    """A decision takes until it may go on."""

    def __init__(self, hunks: Sequence[HunkView]) -> None:
        super().__init__(hunks)
        self.deciding = anyio.Event()
        self.go_on = anyio.Event()

    async def decide(self, hunks: Sequence[str], accept: bool, reason: str) -> Sequence[HunkOutcome]:
        self.deciding.set()
        await self.go_on.wait()
        return await super().decide(hunks, accept, reason)


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
    _, alone = await ask(FakeKeys("y"), a_hunk(atomic=True, total=1))
    assert "meant as a whole" not in plain.text + alone.text


async def test_each_hunk_is_asked_in_its_turn_and_decided_by_its_key() -> None:
    conversation, out = await ask(FakeKeys("y", "n"), a_hunk("h1"), a_hunk("h2", index=1))
    assert conversation.told == [(("h1",), True, ""), (("h2",), False, "")]
    assert out.text.index("hunk 1/3") < out.text.index("> accepted") < out.text.index("hunk 2/3")
    assert out.text.rstrip().endswith("> rejected")


async def test_a_typed_reason_goes_with_the_rejection() -> None:
    conversation, _ = await ask(FakeKeys("r", "  too clever "), a_hunk())
    assert conversation.told == [(("h1",), False, "too clever")]


@pytest.mark.parametrize("nothing", ["", "   ", ESCAPE])
async def test_without_words_nothing_is_rejected_and_the_keys_are_told_and_asked_again(nothing: str) -> None:
    conversation, out = await ask(FakeKeys("r", nothing, "y"), a_hunk())
    assert conversation.told == [(("h1",), True, "")]
    said = out.text.split("  because: ")[1]
    assert "No reason was given, so nothing is decided yet.\ny accept  n reject" in said


async def test_a_reason_for_a_question_is_asked_in_the_same_way() -> None:
    screen, out = a_screen()
    decision = await Person(FakeKeys("r", ESCAPE, "r", "secret"), screen, ROOT).on_question(a_question())
    assert decision == Decision("reject", "secret")
    assert out.text.count("y allow once  n no") == 2


@pytest.mark.parametrize(("key", "accept"), [("a", True), ("d", False)])
async def test_all_in_the_file_are_decided_together_and_no_other_file(key: str, accept: bool) -> None:
    hunks = [a_hunk("h1"), a_hunk("h2"), a_hunk("h3", uri=OTHER)]
    conversation, _ = await ask(FakeKeys(key, "n"), *hunks)
    assert conversation.told == [(("h1", "h2"), accept, ""), (("h3",), False, "")]


async def test_all_of_a_change_are_accepted_in_all_its_files_and_no_other_change() -> None:
    hunks = [a_hunk("h1"), a_hunk("h2", uri=OTHER), a_hunk("h3", fit="stale"), a_hunk("h4", proposalId="q")]
    conversation, out = await ask(FakeKeys("A", "n", "n"), *hunks)
    assert conversation.told == [(("h1", "h2"), True, ""), (("h3",), False, ""), (("h4",), False, "")]
    assert "> all of this change accepted" in out.text


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


@pytest.mark.parametrize(("outcome", "words"), [("absent", "not applied"), ("unverified", "look at the file")])
async def test_an_accepted_hunk_that_could_not_be_applied_is_said(outcome: str, words: str) -> None:
    _, out = await ask(FakeKeys("y"), a_hunk(), outcome=outcome)
    assert f"\n{words}: \\x1b[2Jbecause.\n" in out.text
    assert out.text.count("hunk 1/3") == 1


async def test_a_hunk_that_was_refused_is_asked_again_with_why_and_what_can_be_done() -> None:
    conversation, out = await ask(FakeKeys("y", "n"), a_hunk(), outcome="refused")
    assert conversation.told == [(("h1",), True, ""), (("h1",), False, "")]
    first, again = out.text.split(
        "\n\nNot done: \\x1b[2Jbecause. Mend that and accept the next one again, or reject it.\n"
    )
    assert first.endswith("> accepted")
    assert first.count("hunk 1/3") == again.count("hunk 1/3") == 1


async def test_what_was_refused_of_several_hunks_is_said_before_each_that_is_asked_again() -> None:
    hunks = [a_hunk("h1"), a_hunk("h2"), a_hunk("other", uri=OTHER)]
    conversation, out = await ask(FakeKeys("a", "n", "n", "n"), *hunks, outcome="refused")
    assert [told[0] for told in conversation.told] == [("h1", "h2"), ("h1",), ("h2",), ("other",)]
    assert out.text.count("Not done: ") == 2


async def test_what_became_of_several_hunks_in_the_same_way_is_said_once() -> None:
    _, out = await ask(FakeKeys("a"), a_hunk("h1"), a_hunk("h2"), outcome="absent")
    assert out.text.count("not applied: ") == 1
    assert "2 hunks not applied: " in out.text


async def test_a_hunk_that_turned_out_stale_is_told_and_can_only_be_dismissed() -> None:
    conversation, out = await ask(FakeKeys("y", "n"), a_hunk(), outcome="stale")
    assert conversation.told == [(("h1",), True, ""), (("h1",), False, "")]
    assert "\nnot applied: \\x1b[2Jbecause.\n" in out.text
    assert "Not done" not in out.text
    assert "It no longer fits" in out.text.split("not applied")[1]


async def test_the_seed_does_not_accept_the_same_hunk_for_ever() -> None:
    screen, _ = a_screen()
    seed = BySeed(1, screen, ROOT, (), paced=False)
    decisions = [(await seed.on_hunk(a_hunk("h1"), None)).verb, (await seed.on_hunk(a_hunk("h1"), None)).verb]
    assert decisions == ["accept", "reject"]


async def test_a_decision_that_is_carried_out_is_not_stopped_by_who_leaves() -> None:
    screen, _ = a_screen()
    conversation = SlowConversation([a_hunk()])
    asker = Asker(conversation, Person(FakeKeys("y"), screen, ROOT), screen)
    async with anyio.create_task_group() as group:
        group.start_soon(asker.run)
        await conversation.deciding.wait()
        asker.leave()
        conversation.go_on.set()
    assert conversation.told == [(("h1",), True, "")]


async def test_who_leaves_while_nothing_is_asked_is_not_asked_what_comes_then() -> None:
    screen, out = a_screen()
    conversation = FakeConversation()
    asker = Asker(conversation, Person(FakeKeys("y"), screen, ROOT), screen)
    async with anyio.create_task_group() as group:
        group.start_soon(asker.run)
        await conversation.empty.wait()
        conversation.open = [a_hunk()]
        asker.leave()
    assert (conversation.told, out.text) == ([], "")


async def test_who_leaves_is_not_asked_any_more_and_no_prompt_is_left() -> None:
    screen, out = a_screen()
    conversation = FakeConversation([a_hunk()])
    asker = Asker(conversation, Person(FakeKeys(), screen, ROOT), screen)
    async with anyio.create_task_group() as group:
        group.start_soon(asker.run)
        while not out.text.endswith("> "):
            await anyio.lowlevel.checkpoint()
        await asker.stop()
    screen.line("The turn was cancelled.")
    assert conversation.told == [("cancel",)]
    assert plain(cells(out.text.encode())).endswith("? help\nThe turn was cancelled.\n")


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
