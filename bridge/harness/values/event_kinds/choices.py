"""What the person has chosen for a session, and what they are asked."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from bridge.harness.ids import ApprovalId, SessionId
from bridge.harness.values.approvals import Answer, Approval, ApprovalState
from bridge.harness.values.event_kinds.base import Event
from bridge.harness.values.policy import Mode
from bridge.harness.values.proposals import Policy

OptionName = Literal["model", "effort", "fast"]
"""The session's options: which model, how hard it thinks, and whether on the fast (priority) tier."""


@dataclass(frozen=True, slots=True)
class SessionOpened(Event):
    """The first record. `cwd` is an absolute path: the boundary of the workspace, fixed here."""

    synced: ClassVar[bool] = True
    session: SessionId
    cwd: str
    model: str
    mode: Mode
    policy: Policy


@dataclass(frozen=True, slots=True)
class PolicySet(Event):
    """From now on the session's proposals are made under this review policy."""

    synced: ClassVar[bool] = True
    policy: Policy


@dataclass(frozen=True, slots=True)
class OptionSet(Event):
    """From now on the session's model calls are made with this. `fast` is "on" or "off"; "" is the settings' own."""

    synced: ClassVar[bool] = True
    name: OptionName
    value: str


@dataclass(frozen=True, slots=True)
class ApprovalOpened(Event):
    """A question to a person."""

    synced: ClassVar[bool] = True
    approval: Approval


@dataclass(frozen=True, slots=True)
class ApprovalClosed(Event):
    """Its one terminal state."""

    synced: ClassVar[bool] = True
    approval: ApprovalId
    state: ApprovalState
    answer: Answer | None = None
