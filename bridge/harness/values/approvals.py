"""Approvals: a question to a person as a record, with exactly one terminal state.

- A1 one terminal state; the first answer wins, later ones are told so.
- A2 the effect happens only if the subject, prepared anew after the answer, still has the digest that was asked about.
- A4 nothing expires into allow.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Literal

from bridge.harness.ids import AgentId, ApprovalId, CallId, SessionId
from bridge.harness.values.policy import Ruling
from bridge.harness.values.text import Sha

ChoiceKind = Literal["allow_once", "allow_always", "reject_once", "reject_always"]
ApprovalState = Literal["open", "answered", "expired", "cancelled"]

SHOWN_DEADLINE_S = 30 * 60.0
"""How long a question that somebody has been shown waits (design, "Numbers")."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that can be given, in ACP's terms."""

    id: str
    title: str
    kind: ChoiceKind


ALLOW_ONCE = Choice("allow_once", "Allow once", "allow_once")
REJECT_ONCE = Choice("reject_once", "Reject", "reject_once")


@dataclass(frozen=True, slots=True)
class CallSubject:
    """A tool call that needs a yes: what it is called, what it would touch, in words for the person."""

    tool: str
    title: str
    touches: tuple[str, ...]

    def digest(self) -> Sha:
        """What the answer binds."""
        body = json.dumps([self.tool, self.title, self.touches], ensure_ascii=True).encode()
        return Sha(hashlib.sha256(body).hexdigest())


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person chose."""

    choice: str
    allowed: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """A question, its subject, and what became of it."""

    id: ApprovalId
    session: SessionId
    call: CallId
    subject: CallSubject
    digest: Sha
    choices: tuple[Choice, ...]
    ruling: Ruling
    agent: tuple[AgentId, ...] = ()
    deadline_s: float = SHOWN_DEADLINE_S
    state: ApprovalState = "open"
    answer: Answer | None = None
