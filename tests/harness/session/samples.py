"""One full record of each kind, and records that are built at random."""

from collections.abc import Sequence
from decimal import Decimal

from bridge.harness.ids import (
    AgentId,
    ApprovalId,
    CallId,
    ClientId,
    FileId,
    HunkId,
    IntentId,
    PromptId,
    ProposalId,
    SessionId,
    TurnId,
    Uri,
)
from bridge.harness.values import events as ev
from bridge.harness.values.approvals import ALLOW_ONCE, REJECT_ONCE, Answer, Approval, CallSubject
from bridge.harness.values.documents import Source
from bridge.harness.values.model import OutputSchema
from bridge.harness.values.policy import Judged, Ruling, Subj, Why
from bridge.harness.values.proposals import Actor, Decision, FileChange, Hunk, Intent, Proposal
from bridge.harness.values.text import Sha, Span, TextForm
from bridge.harness.values.usage import Part, Price, Spent, Usage

TURN, CALL, HUNK = TurnId("t1"), CallId("c1"), HunkId("h1")
URI = Uri("file:///ws/a.py")
SHA = Sha("0" * 64)
SCHEMA = OutputSchema("answer", {"type": "object", "properties": {"n": {"type": "integer"}}})
PRICE = Price(Decimal("1.25"), Decimal(10), Decimal("0.125"), Decimal("1.5"), Decimal("0.01"), "settings", "priority")
SPENT = Spent(
    "gpt",
    Usage(10, 4, 1, 5, 2),
    Decimal("0.00012"),
    PRICE,
    "priority",
    1.5,
    "compaction",
    (Part("result", 12, "read_file"),),
    "1.2",
)

JUDGED = Judged(Subj("edit", "/ws/a.py", "/ws/b.py", inside=True), "ask", Why("default", "to edit asks"))
RULING = Ruling("ask", Why("rule", "ask edit(src/**)"), (JUDGED,))
CHANGE = FileChange(
    FileId("f1"),
    "move",
    URI,
    Source("buffer", SHA, ClientId("k"), 7),
    SHA,
    TextForm("utf-16-le", bom=True, eol="mixed", final_newline=False, mode=0o755),
    (HUNK,),
    Uri("file:///ws/c.py"),
)
PROPOSAL = Proposal(
    ProposalId("p1"), SessionId("s1"), TURN, CALL, (CHANGE,), "keep", "Edit a.py", atomic=True, agent=(AgentId("a"),)
)
CHANGED = Hunk(HUNK, PROPOSAL.id, CHANGE.id, URI, "edit", "old\r\n", "new\n", Span(3, 4), SHA, HunkId("h0"))
SUBJECT = CallSubject("read_file", "Read x", ("read /x",))
APPROVAL = Approval(
    ApprovalId("q1"),
    SessionId("s1"),
    CALL,
    SUBJECT,
    SUBJECT.digest(),
    (ALLOW_ONCE, REJECT_ONCE),
    RULING,
    (AgentId("a"),),
    5.5,
    "open",
    None,
)

FULL: Sequence[ev.Event] = (
    ev.SessionOpened(SessionId("s1"), "/ws", "scripted", "default", "ask"),
    ev.Prompt(TURN, "rename it", ev.PromptContext(URI, 3), SCHEMA, PromptId("p1")),
    ev.Steered(TURN, "only in a.py", ev.PromptContext(URI, 3)),
    ev.Queued(PromptId("p1"), "then test", ev.PromptContext(URI, 4), SCHEMA),
    ev.Unqueued(PromptId("p1")),
    ev.StepStarted(TURN, 1, SHA, "gpt"),
    ev.ResponseBegun(TURN, 1, "resp_1"),
    ev.ItemDone(TURN, 1, {"type": "message", "content": [{"text": "é", "n": [1, 2.5, None, True]}]}, 7),
    ev.StepEnded(TURN, 1, "incomplete", "cut off", "max_output_tokens", "broken", "resp_1", SPENT),
    ev.Retried(TURN, 1, "rate_limited", "too many requests", 2, 1.5),
    ev.ModelSwitched(TURN, "gpt-mini", "gpt is gone"),
    ev.FeatureLowered("gpt", "reasoning", "the server has none"),
    ev.CallOpened(TURN, CALL, "edit_file", "edit", "Edit a.py", {"path": "a.py", "edits": [{"old_text": "x"}]}),
    ev.CallJudged(CALL, RULING),
    ev.CallStarted(CALL),
    ev.CallEnded(CALL, "unknown", "output", "shown", 0.25, effect=False),
    ev.Proposed(PROPOSAL, (CHANGED,)),
    ev.HunkSplit(HUNK, (CHANGED,)),
    ev.FileFollowed(FileId("f1"), URI),
    ev.HunkStale(HUNK, "dependency"),
    ev.HunkFresh(HUNK),
    ev.Decided(HUNK, Decision("rejected", Actor("person", "nvim"), "no")),
    ev.IntentMade(Intent(IntentId("i1"), FileId("f1"), (HUNK,), "client", SHA, SHA, ClientId("k"), undo=True)),
    ev.Placed(HUNK, "unverified", "why"),
    ev.ApprovalOpened(APPROVAL),
    ev.ApprovalClosed(ApprovalId("q1"), "answered", Answer("allow_once", allowed=True, reason="ok")),
    ev.PolicySet("keep"),
    ev.OptionSet("effort", "high"),
    ev.Compacted(
        TURN, "window", "service", ({"type": "compaction", "encrypted_content": "x"},), 9, 3, ("a.py",), SPENT, 7
    ),
    ev.BudgetWarned(TURN, "dollars", Decimal("0.81"), Decimal(1)),
    ev.Note("it was undone"),
    ev.TurnEnded(TURN, "failed", "message"),
)
"""Each field has a value that is not its default."""
