"""One call through its six phases."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import anyio
import pytest

from bridge.harness.errors import FileProblem, ToolInputError
from bridge.harness.execution.hooks import HookSays
from bridge.harness.ids import ApprovalId
from bridge.harness.permissions.policy import Setting
from bridge.harness.values.approvals import ALLOW_ONCE, Answer, Approval, CallSubject
from bridge.harness.values.events import ApprovalClosed, ApprovalOpened, CallEnded, CallJudged, CallOpened, CallStarted
from bridge.harness.values.policy import Rule, Ruling, Why
from tests.support.fakes import ROOT, SESSION, FakeHook, FakeTool, Given, Rig

pytestmark = pytest.mark.anyio

NO = Setting(ROOT, rules=(Rule("deny", "*", "secret/**", "user"),), trusted=True)


async def run(rig: Rig, opened: CallOpened) -> CallEnded:
    """The whole call, and its end."""
    if (ready := await rig.pipeline.approve(opened)) is not None:
        await rig.pipeline.execute(ready)
    end: CallEnded = rig.journal.of(CallEnded)[-1]
    return end


async def answered(rig: Rig, opened: CallOpened, choice: str, reason: str = "") -> CallEnded:
    """The whole call, its question answered."""
    async with anyio.create_task_group() as group:
        group.start_soon(run, rig, opened)
        asked = await rig.journal.until(ApprovalOpened)
        await rig.approvals.answer(asked.approval.id, choice, reason)
    end: CallEnded = rig.journal.of(CallEnded)[-1]
    return end


async def test_the_phases_come_in_order() -> None:
    tool, hook = FakeTool(), FakeHook()
    rig = Rig(None, tool, hooks=[hook])
    ended = await run(rig, rig.opened("look", note="n"))
    assert (ended.status, ended.output, ended.shown) == ("ok", "did n", "shown")
    assert tool.seen == ["prepare n", "commit n"]
    assert hook.seen == [("before", {"note": "n"}, "look n"), ("after", "ok")]
    assert rig.journal.kinds == ["CallJudged", "CallEnded"]


async def test_a_call_with_an_effect_is_in_the_log_before_it_happens() -> None:
    seen: list[list[str]] = []

    async def commits(given: Given) -> str:
        seen.append(list(rig.journal.kinds))
        return "done"

    rig = Rig(None, FakeTool("act", "edit", safe=False, commits=commits), setting=Setting(ROOT, "bypass", trusted=True))
    await run(rig, rig.opened("act"))
    assert seen == [["CallJudged", "CallStarted"]]


async def test_a_call_whose_start_can_not_be_recorded_does_not_happen() -> None:
    tool = FakeTool("act", "edit", safe=False)
    rig = Rig(None, tool, setting=Setting(ROOT, "bypass", trusted=True))
    rig.journal.refuse = lambda event: isinstance(event, CallStarted)
    ended = await run(rig, rig.opened("act"))
    assert ended.status == "error"
    assert tool.seen == ["prepare a.txt"]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"path": 5}, "path: Input should be a valid string"),
        ({"other": 1}, "other: Extra inputs are not permitted"),
        ({"(not JSON)": "{"}, "not JSON"),
    ],
)
async def test_input_that_does_not_fit_is_told_to_the_model_and_ends_there(args: dict[str, Any], words: str) -> None:
    tool, hook = FakeTool(), FakeHook()
    rig = Rig(None, tool, hooks=[hook])
    ended = await run(rig, replace(rig.opened("look"), args=args))
    assert ended.status == "error"
    assert words in ended.output
    assert "Correct the arguments" in ended.output
    assert (tool.seen, hook.seen) == ([], [])


async def test_an_unknown_tool_is_answered_with_the_tools_that_there_are() -> None:
    rig = Rig(None, FakeTool("look"), FakeTool("act"))
    ended = await run(rig, rig.opened("rm"))
    assert "there is no tool 'rm'; there are act, look" in ended.output


async def test_what_prepare_finds_wrong_is_told_to_the_model_and_nobody_is_asked() -> None:
    async def prepares(given: Given) -> str:
        raise FileProblem("file_missing", "gone.py")

    hook = FakeHook()
    rig = Rig(None, FakeTool(inside=False, prepares=prepares), hooks=[hook])
    ended = await run(rig, rig.opened("look"))
    assert ended.output.startswith("Error: gone.py: there is no such file.")
    assert (hook.seen, rig.journal.kinds) == ([], ["CallEnded"])


async def test_a_denied_call_is_told_why_and_does_not_happen() -> None:
    tool = FakeTool()
    rig = Rig(None, tool, setting=NO)
    ended = await run(rig, rig.opened("look", path="secret/a"))
    assert ended.status == "error"
    assert "not allowed (deny *(secret/**))" in ended.output
    assert tool.seen == ["prepare secret/a"]


async def test_a_yes_runs_the_call_and_a_no_with_its_reason_is_told() -> None:
    tool = FakeTool(inside=False)
    rig = Rig(None, tool)
    assert (await answered(rig, rig.opened("look"), "allow_once")).output == "did a.txt"
    rig = Rig(None, tool)
    ended = await answered(rig, rig.opened("look"), "reject_once", "not that one")
    assert "the user said no: not that one" in ended.output
    assert tool.seen.count("commit a.txt") == 1


async def test_an_answer_that_can_not_be_recorded_runs_nothing() -> None:
    tool = FakeTool(inside=False)
    rig = Rig(None, tool)
    async with anyio.create_task_group() as group:
        group.start_soon(run, rig, rig.opened("look"))
        asked = await rig.journal.until(ApprovalOpened)
        rig.journal.refuse = lambda event: isinstance(event, ApprovalClosed)
        with pytest.raises(FileProblem):
            await rig.approvals.answer(asked.approval.id, "allow_once")
        await anyio.wait_all_tasks_blocked()
        assert tool.seen == ["prepare a.txt"]
        group.cancel_scope.cancel()


async def test_an_answer_to_another_subject_than_now_runs_nothing() -> None:
    """E3 and A2: the question was answered in an earlier life; the call now would touch something else."""
    subject = CallSubject("look", "look old", ("read /elsewhere",))
    opened = Rig().opened("look", "c1")
    ruling = Ruling("ask", Why("default", "x"), ())
    choices = (ALLOW_ONCE,)
    approval = Approval(ApprovalId("q"), SESSION, opened.call, subject, subject.digest(), choices, ruling)
    yes = ApprovalClosed(approval.id, "answered", Answer("allow_once", allowed=True))
    tool = FakeTool(inside=False)
    rig = Rig(None, tool, events=[ApprovalOpened(approval), yes])
    ended = await run(rig, opened)
    assert "has changed since the question was asked" in ended.output
    assert "commit a.txt" not in tool.seen


# Hooks.


def rewriting(**args: Any) -> FakeHook:
    return FakeHook(lambda _: HookSays(args=args))


async def test_a_rewrite_goes_back_to_phase_1_once_and_all_hooks_see_what_will_run() -> None:
    first, rewriter, last = FakeHook(), rewriting(note="new"), FakeHook()
    tool = FakeTool()
    rig = Rig(None, tool, hooks=[first, rewriter, last])
    ended = await run(rig, rig.opened("look", note="old"))
    assert ended.output == "did new"
    assert tool.seen == ["prepare old", "prepare new", "commit new"]
    assert [seen[1] for seen in last.seen if seen[0] == "before"] == [{"note": "new"}]
    assert [seen[1] for seen in first.seen if seen[0] == "before"] == [{"note": "old"}, {"note": "new"}]


async def test_two_hooks_that_rewrite_each_other_come_to_an_end() -> None:
    rig = Rig(None, FakeTool(), hooks=[rewriting(note="one"), rewriting(note="two")])
    assert (await run(rig, rig.opened("look", note="old"))).output == "did two"


async def test_a_rewrite_that_does_not_fit_is_refused() -> None:
    tool = FakeTool()
    rig = Rig(None, tool, hooks=[rewriting(path=5)])
    assert "can't take this input" in (await run(rig, rig.opened("look"))).output
    assert "commit a.txt" not in tool.seen


async def test_a_rewrite_into_what_is_denied_is_denied() -> None:
    rig = Rig(None, FakeTool(), hooks=[rewriting(path="secret/a")], setting=NO)
    assert "not allowed" in (await run(rig, rig.opened("look"))).output


async def test_a_hook_that_denies_the_rewritten_input_is_heard() -> None:
    def says(args: Mapping[str, Any]) -> HookSays:
        return HookSays("deny", "no news") if args.get("note") == "new" else HookSays("allow")

    rig = Rig(None, FakeTool(), hooks=[FakeHook(says), rewriting(note="new")])
    assert "a hook denied it: no news" in (await run(rig, rig.opened("look"))).output


@pytest.mark.parametrize("order", [1, -1])
async def test_a_deny_of_one_hook_beats_an_allow_of_another(order: int) -> None:
    hooks = [FakeHook(lambda _: HookSays("allow")), FakeHook(lambda _: HookSays("deny", "because"))][::order]
    rig = Rig(None, FakeTool(inside=False), hooks=hooks)
    assert "because" in (await run(rig, rig.opened("look"))).output


ALLOWING = FakeHook(lambda _: HookSays("allow", "trust me"))


async def test_a_hook_may_answer_a_question_in_a_trusted_workspace() -> None:
    rig = Rig(None, FakeTool(inside=False), hooks=[ALLOWING])
    assert (await run(rig, rig.opened("look"))).status == "ok"
    (judged,) = rig.journal.of(CallJudged)
    assert judged.ruling.why.text == "a hook allowed it: trust me"


@pytest.mark.parametrize(
    ("path", "setting"),
    [("a.txt", Setting(ROOT)), (".env", Setting(ROOT, trusted=True)), (".env", Setting(ROOT, "bypass", trusted=True))],
)
async def test_a_hook_answers_no_question_about_a_protected_path_or_in_an_untrusted_workspace(
    path: str, setting: Setting
) -> None:
    rig = Rig(None, FakeTool(inside=False), hooks=[ALLOWING], setting=setting)
    ended = await answered(rig, rig.opened("look", path=path), "reject_once")
    assert "the user said no" in ended.output


async def test_a_hook_never_beats_a_deny() -> None:
    rig = Rig(None, FakeTool(), hooks=[ALLOWING], setting=NO)
    assert "not allowed" in (await run(rig, rig.opened("look", path="secret/a"))).output


async def test_hooks_run_after_a_failure_too_and_may_rewrite_the_result() -> None:
    async def commits(given: Given) -> str:
        raise ToolInputError("no such thing")

    hook = FakeHook(rewrites=lambda outcome: replace(outcome, model=f"{outcome.model} (seen)"))
    rig = Rig(None, FakeTool(commits=commits), hooks=[hook])
    ended = await run(rig, rig.opened("look"))
    assert hook.seen[-1] == ("after", "error")
    assert ended.status == "error"
    assert ended.output.endswith("(seen)")


# Defects of tools and hooks.


class Defect(RuntimeError):
    """Not one of ours."""


async def broken(given: Given) -> str:
    raise Defect("secret detail")


def fail(_: Any) -> Any:
    raise Defect("secret detail")


@pytest.mark.parametrize("tool", [FakeTool(prepares=broken), FakeTool(commits=broken)], ids=["in prepare", "in commit"])
async def test_a_defect_in_a_tool_is_an_error_result_with_an_incident(
    tool: FakeTool, caplog: pytest.LogCaptureFixture
) -> None:
    rig = Rig(None, tool)
    ended = await run(rig, rig.opened("look"))
    assert ended.status == "error"
    incident = ended.output.partition("(incident ")[2][:8]
    assert incident in caplog.text
    assert "secret detail" in caplog.text
    assert "secret" not in ended.output


async def test_a_defect_in_a_hook_before_stops_the_call() -> None:
    tool = FakeTool()
    rig = Rig(None, tool, hooks=[FakeHook(fail)])
    assert "incident" in (await run(rig, rig.opened("look"))).output
    assert tool.seen == ["prepare a.txt"]


async def test_a_defect_in_a_hook_after_leaves_the_result_as_it_was() -> None:
    rig = Rig(None, FakeTool(), hooks=[FakeHook(rewrites=fail)])
    assert (await run(rig, rig.opened("look"))).output == "did a.txt"


async def test_a_tool_whose_flags_fail_is_not_safe() -> None:
    class Flawed(FakeTool):
        def flags(self, given: Given) -> Any:
            raise Defect

    rig = Rig(None, Flawed())
    assert not rig.pipeline.is_safe(rig.opened("look"))
    assert not rig.pipeline.is_safe(rig.opened("unknown"))
    assert not rig.pipeline.is_safe(replace(rig.opened("look"), args={"path": 1}))


# Edits.


async def test_an_edit_that_a_mode_allows_is_granted_in_its_name_and_asks_nobody() -> None:
    rig = Rig(None, FakeTool("act", "edit", safe=False, edits=True), setting=Setting(ROOT, "accept_edits"))
    ended = await run(rig, rig.opened("act"))
    assert ended.output.startswith("act a.txt: 1 accepted")
    assert rig.review.granted == ["edits inside the workspace are allowed in accept_edits mode"]
    assert "ApprovalOpened" not in rig.journal.kinds


async def test_an_edit_that_asks_has_no_question_but_its_review() -> None:
    rig = Rig(None, FakeTool("act", "edit", safe=False, edits=True))
    opened = rig.opened("act")
    ready = await rig.pipeline.approve(opened)
    assert ready is not None
    assert rig.review.open == ["act a.txt"]
    rig.review.decide("act a.txt", "rejected")
    await rig.pipeline.execute(ready)
    assert "rejected by the user" in rig.journal.of(CallEnded)[-1].output
    assert rig.journal.kinds == ["CallJudged", "Proposed", "CallEnded"]


async def test_a_denied_edit_is_not_proposed() -> None:
    rig = Rig(None, FakeTool("act", "edit", safe=False, edits=True), setting=Setting(ROOT, "plan"))
    assert "plan mode is read-only" in (await run(rig, rig.opened("act"))).output
    assert "Proposed" not in rig.journal.kinds


async def test_a_long_result_is_cut_in_the_middle_with_a_marker() -> None:
    async def commits(given: Given) -> str:
        return "a" * 500 + "b" * 500

    rig = Rig(None, FakeTool(limit=100, commits=commits))
    ended = await run(rig, rig.opened("look"))
    assert ended.output == "a" * 50 + "\n[… 900 characters left out …]\n" + "b" * 50


async def test_the_setting_is_asked_anew_for_each_call() -> None:
    rig = Rig(None, FakeTool())
    assert (await run(rig, rig.opened("look", path="secret/a"))).status == "ok"
    rig.setting = NO
    assert (await run(rig, rig.opened("look", path="secret/a"))).status == "error"
