"""One tool call through its six phases.

1 schema validation, 2 semantic validation (prepare), 3 hooks before, 4 permission, 5 execution, 6 hooks after.
Phases 1 to 4 fail fast, and their error text goes back to the model. An edit has no permission question besides its
review: `deny` stops it, `allow` accepts it in the name of the rule, `ask` leaves it to the person.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from bridge.harness.errors import BridgeError, NotAllowed, OverlapsPending, Stale, ToolInputError
from bridge.harness.execution.hooks import Hook, HookSays
from bridge.harness.execution.results import bounded, tell_outcomes
from bridge.harness.ids import ApprovalId, SessionId, new_id
from bridge.harness.isolate import Fault, isolate
from bridge.harness.permissions.approvals import Approvals
from bridge.harness.permissions.policy import Setting, decide
from bridge.harness.ports.clock import Clock
from bridge.harness.ports.journal import Journal
from bridge.harness.ports.review import Origin, Review
from bridge.harness.tools.contract import Context, Tool, ToolInput
from bridge.harness.tools.registry import Registry
from bridge.harness.values.approvals import ALLOW_ONCE, REJECT_ONCE, Approval, CallSubject
from bridge.harness.values.events import CallEnded, CallJudged, CallOpened, CallStarted
from bridge.harness.values.policy import Ruling, Why
from bridge.harness.values.proposals import Draft, Policy, Proposal, ReviewPolicy
from bridge.harness.values.tools import Outcome, Prepared


@dataclass(frozen=True, slots=True)
class Ready:
    """A call that may be executed: phases 1 to 4 are behind it. An edit has its proposal; the others are committed."""

    opened: CallOpened
    tool: Tool[Any]
    prepared: Prepared
    read_only: bool
    proposal: Proposal | None = None


@dataclass(frozen=True, slots=True)
class Ports:
    """What the pipeline works with, all of one session."""

    session: SessionId
    registry: Registry
    context: Context
    journal: Journal
    approvals: Approvals
    review: Review
    clock: Clock


PREPARED = 3
"""Times that an edit is computed anew, after decisions on what it was computed on came in between."""

_MOVED = "what it would touch has changed since the question was asked"


def _subject(tool: str, prepared: Prepared) -> CallSubject:
    """What an answer binds, and what the person is shown: each path, and where it leads through links."""
    touches = []
    for subject in prepared.subjects:
        leads = "" if subject.resolved == subject.value else f", which leads to {subject.resolved}"
        touches.append(f"{subject.kind} {subject.value}{leads}")
    return CallSubject(tool, prepared.title, tuple(touches))


class Pipeline:
    """Runs calls. `setting` is asked anew for each call: modes and rules change while a session lives."""

    def __init__(
        self,
        ports: Ports,
        setting: Callable[[], Setting],
        policy: Callable[[], ReviewPolicy],
        hooks: Sequence[Hook] = (),
    ) -> None:
        """`policy` is the session's review policy now."""
        self._ports = ports
        self._setting = setting
        self._policy = policy
        self._hooks = hooks

    def is_safe(self, opened: CallOpened) -> bool:
        """Whether the call may run beside others. What can't be read is not safe."""
        tool = self._ports.registry.get(opened.tool)
        if tool is None:
            return False
        with isolate(f"the flags of {opened.tool}"):
            try:
                return tool.flags(_parse(tool, opened.args)).concurrency_safe
            except ToolInputError:
                return False
        return False

    async def approve(self, opened: CallOpened, *, waited: bool = False) -> Ready | None:
        """Phases 1 to 4. None: the call is over, and its `CallEnded` says why.

        Raises `OverlapsPending` where the call has to wait for undecided hunks, unless it has `waited` already.
        """
        pending: OverlapsPending | None = None
        outcome: Outcome | None = None
        with isolate(f"preparing {opened.tool}") as fault:
            try:
                return await self._approve(opened)
            except BridgeError as problem:
                outcome = _failure(problem)
            except OverlapsPending as overlaps:
                pending = overlaps
                outcome = Outcome(_STILL_PENDING, "waits for other hunks", status="error")
        if pending is not None and not waited:
            raise pending
        await self._end(opened, outcome or _defect(fault), effect=False)
        return None

    async def execute(self, ready: Ready) -> None:
        """Phases 5 and 6. What takes time for a person to decide is not the call's own time."""
        outcome: Outcome | None = None
        began = self._ports.clock.monotonic()
        with isolate(f"running {ready.opened.tool}") as fault:
            try:
                outcome = await self._commit(ready)
            except BridgeError as problem:
                outcome = _failure(problem)
        outcome = outcome or _defect(fault)
        seconds = 0.0 if ready.proposal is not None else self._ports.clock.monotonic() - began
        for hook in self._hooks:
            with isolate(f"a hook after {ready.opened.tool}"):  # the call has happened: its result stands
                outcome = await hook.after(ready.opened.tool, outcome)
        await self._end(ready.opened, outcome, seconds, effect=not ready.read_only)

    async def _approve(self, opened: CallOpened) -> Ready:
        tool = self._ports.registry.get(opened.tool)
        if tool is None:
            names = ", ".join(self._ports.registry.names)
            raise ToolInputError(f"there is no tool {opened.tool!r}; there are {names}")
        if (proposal := self._ports.review.proposal_of(opened.call)) is not None:  # a resumed turn: it was shown before
            return Ready(opened, tool, Prepared(proposal.title, ()), read_only=False, proposal=proposal)
        for _ in range(PREPARED):
            with suppress(Stale):
                return await self._judged(opened, tool)
        return await self._judged(opened, tool)

    async def _judged(self, opened: CallOpened, tool: Tool[Any]) -> Ready:
        """Raises `Stale` where the person's decisions overtook it: what it would do has to be computed anew."""
        says, given, prepared = await self._prepare(tool, opened.args)  # 1, 2, 3
        ruling = self._judge(tool, prepared, says)  # 4
        await self._ports.journal.append(CallJudged(opened.call, ruling))
        if ruling.effect == "deny":
            raise NotAllowed(f"{prepared.title}: not allowed ({ruling.why.text})")
        if prepared.draft is not None:
            return Ready(opened, tool, prepared, False, await self._propose(opened, prepared.draft, ruling))
        if ruling.effect == "ask":
            await self._ask(opened, _subject(opened.tool, prepared), ruling)
            answered = _subject(opened.tool, prepared).digest()
            prepared = await tool.prepare(given, self._ports.context)  # a link may lead elsewhere by now
            if _subject(opened.tool, prepared).digest() != answered:
                raise NotAllowed(f"{prepared.title}: {_MOVED}")
        return Ready(opened, tool, prepared, tool.flags(given).read_only)

    async def _prepare(self, tool: Tool[Any], args: Mapping[str, Any]) -> tuple[HookSays, ToolInput, Prepared]:
        """What the call would do, and what the hooks say to just that."""
        may_rewrite = list(self._hooks)
        while True:
            given = _parse(tool, args)
            prepared = await tool.prepare(given, self._ports.context)
            says, rewriter = await self._ask_hooks(tool, args, prepared, may_rewrite)
            if rewriter is None or says.args is None:
                return says, given, prepared
            may_rewrite.remove(rewriter)
            args = says.args

    async def _ask_hooks(
        self, tool: Tool[Any], args: Mapping[str, Any], prepared: Prepared, may_rewrite: Sequence[Hook]
    ) -> tuple[HookSays, Hook | None]:
        """The hooks' common verdict, a deny before an allow; or the first that rewrites, with what it says."""
        says = HookSays()
        for hook in self._hooks:
            answer = await hook.before(tool.spec.name, args, prepared)
            if answer.effect == "deny":
                return HookSays("deny", answer.reason), None
            if answer.args is not None and hook in may_rewrite:
                return answer, hook
            if answer.effect == "allow":
                says = HookSays("allow", answer.reason)
        return says, None

    def _judge(self, tool: Tool[Any], prepared: Prepared, says: HookSays) -> Ruling:
        setting = self._setting()
        ruling = decide(tool.spec.name, prepared.subjects, setting)
        if says.effect == "deny":
            return Ruling("deny", Why("rule", f"a hook denied it: {says.reason}"), ruling.subjects)
        asked = [judged.why.source for judged in ruling.subjects if judged.effect == "ask"]
        guarded = "builtin" in asked or not setting.trusted
        if says.effect == "allow" and ruling.effect == "ask" and not guarded:
            return Ruling("allow", Why("rule", f"a hook allowed it: {says.reason}"), ruling.subjects)
        return ruling

    async def _propose(self, opened: CallOpened, draft: Draft, ruling: Ruling) -> Proposal:
        """Show the hunks; a rule or mode that allows them decides them at once."""
        allowed = ruling.effect == "allow"
        policy: Policy = "allow" if allowed else "ask" if _always_asks(draft, ruling) else self._policy()
        origin = Origin(self._ports.session, opened.turn, opened.call, policy)
        proposal = await self._ports.review.propose(draft, origin)
        if allowed:
            await self._ports.review.grant(proposal.id, ruling.why.text)
        return proposal

    async def _ask(self, opened: CallOpened, subject: CallSubject, ruling: Ruling) -> None:
        """A question to a person; anything but a yes to exactly this subject stops the call."""
        asked = self._ports.approvals.find(opened.call) or Approval(
            id=ApprovalId(new_id()),
            session=self._ports.session,
            call=opened.call,
            subject=subject,
            digest=subject.digest(),
            choices=(ALLOW_ONCE, REJECT_ONCE),
            ruling=ruling,
        )
        closed = await self._ports.approvals.ask(asked)
        if closed.digest != subject.digest():
            raise NotAllowed(f"{subject.title}: {_MOVED}")
        if closed.answer is None:
            raise NotAllowed(f"{subject.title}: nobody answered, the question was {closed.state}")
        if not closed.answer.allowed:
            reason = closed.answer.reason
            raise NotAllowed(f"{subject.title}: the user said no" + (f": {reason}" if reason else ""))

    async def _commit(self, ready: Ready) -> Outcome:
        if ready.proposal is not None:
            outcomes = await self._ports.review.settle(ready.proposal.id)
            return tell_outcomes(ready.prepared.title, outcomes, ready.proposal.remarks)
        if not ready.read_only:
            await self._ports.journal.append(CallStarted(ready.opened.call))
        return await ready.tool.commit(ready.prepared, self._ports.context)

    async def _end(self, opened: CallOpened, outcome: Outcome, seconds: float = 0.0, *, effect: bool) -> None:
        tool = self._ports.registry.get(opened.tool)
        limit = tool.spec.result_limit if tool else len(outcome.model)
        text = bounded(outcome.model, limit)
        await self._ports.journal.append(CallEnded(opened.call, outcome.status, text, outcome.shown, seconds, effect))


def _always_asks(draft: Draft, ruling: Ruling) -> bool:
    """Protected paths and deletions are decided before they are done, whatever the review policy."""
    guarded = any(judged.effect == "ask" and judged.why.source == "builtin" for judged in ruling.subjects)
    return guarded or any(file.op == "delete" for file in draft.files)


_STILL_PENDING = "Error: these lines have changes that the user has not decided on. Wait for them, then read the file."


def _parse(tool: Tool[Any], args: Mapping[str, Any]) -> ToolInput:
    try:
        given: ToolInput = tool.spec.inputs.model_validate(dict(args))  # type: ignore[assignment]
    except ValidationError as error:
        lines = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'input'}: {e['msg']}" for e in error.errors()[:5])
        raise ToolInputError(f"{tool.spec.name} can't take this input: {lines}") from error
    return given


def _failure(problem: BridgeError) -> Outcome:
    text = str(problem)
    stop = "" if text.endswith((".", "!", "?", ":")) else "."
    hint = f"{stop} {problem.hint}" if problem.hint else ""
    return Outcome(model=f"Error: {problem}{hint}", shown=str(problem), status="error")


def _defect(fault: Fault) -> Outcome:
    """A tool or hook of ours is broken: the turn goes on, the log has the traceback."""
    said = f"the tool failed by a defect of its own (incident {fault.incident})"
    return Outcome(model=f"Error: {said}. Other arguments may not help: do without it.", shown=said, status="error")
