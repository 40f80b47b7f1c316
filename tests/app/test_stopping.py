"""What a turn that is stopped, or a link that is moved, leaves: nothing written later, nothing unsaid."""

from pathlib import Path

import anyio
import pytest

from bridge.app.runtime import Runtime
from bridge.app.session import Session
from bridge.harness.ids import HunkId
from bridge.harness.values.events import CallEnded, Decided, IntentMade, Recorded
from bridge.harness.values.proposals import Actor, Decision
from tests.app.desk import runtime, workspace

pytestmark = pytest.mark.anyio

PERSON = Actor("person", "test")


async def asked(made: Runtime, session: Session) -> HunkId:
    """The one hunk of the prompt `edit`."""
    await made.prompt(session.id, "edit it")
    with anyio.fail_after(5):
        while not made.hunks():
            await anyio.lowlevel.checkpoint()
    ((_, view),) = made.hunks()
    return view.hunk.id


def outputs(records: list[Recorded]) -> list[str]:
    return [record.event.output for record in records if isinstance(record.event, CallEnded)]


async def test_what_was_accepted_and_not_written_when_the_turn_was_stopped_is_never_written(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    async with runtime(tmp_path) as made:
        session = await made.new_session(str(root))
        hunk = await asked(made, session)
        # As a decision that was cut off before its write began.
        await session.journal.append(Decided(hunk, Decision("accepted", PERSON)))
        turn = session.turn
        session.interrupt()
        assert turn is not None
        assert (await turn.wait()).stop == "cancelled"
        _, records = await made.load_session(session.id)
        (output,) = outputs(list(records))
        known = session.id
    assert "hunk 1 of 1: accepted, but it could not be applied: the turn was stopped" in output
    async with runtime(tmp_path) as again:
        loaded, _ = await again.load_session(known)
        await again.go_on(loaded)
        assert (root / "a.txt").read_text() == "one\ntwo\n"


async def test_a_write_that_has_begun_is_recorded_although_its_caller_is_stopped(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    async with runtime(tmp_path) as made:
        session = await made.new_session(str(root))
        hunk = await asked(made, session)
        stop = anyio.CancelScope()

        class Stopper:
            """Cancels the caller as soon as the intent is in the log."""

            def fold(self, event: object) -> None:
                if isinstance(event, IntentMade):
                    stop.cancel()

        session.journal.own(Stopper())
        with stop:
            await made.decide([hunk], "accepted", PERSON)
        view = session.review.find(hunk)
        assert view is not None
        assert (view.state.placement, (root / "a.txt").read_text()) == ("present", "1\ntwo\n")


async def test_a_yes_does_not_reach_what_the_link_leads_to_by_then(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    (tmp_path / "secret.txt").write_text("not this\n")
    (tmp_path / "outside.txt").unlink()
    (tmp_path / "outside.txt").symlink_to("harmless.txt")
    (tmp_path / "harmless.txt").write_text("this\n")
    async with runtime(tmp_path) as made:
        session = await made.new_session(str(root))
        turn = await made.prompt(session.id, "read it")
        with anyio.fail_after(5):
            while not made.approvals():
                await anyio.lowlevel.checkpoint()
        (approval,) = made.approvals()
        assert any(str(tmp_path / "harmless.txt") in touch for touch in approval.subject.touches)
        (tmp_path / "outside.txt").unlink()
        (tmp_path / "outside.txt").symlink_to("secret.txt")
        await made.answer(approval.id, "allow_once")
        await turn.wait()
        _, records = await made.load_session(session.id)
    (output,) = outputs(list(records))
    assert "has changed since the question was asked" in output
    assert "not this" not in output
