"""Typed identifiers. All are ULIDs in text form: 26 characters that sort by creation time."""

from typing import NewType

from ulid import ULID

SessionId = NewType("SessionId", str)
TurnId = NewType("TurnId", str)
CallId = NewType("CallId", str)
ProposalId = NewType("ProposalId", str)
FileId = NewType("FileId", str)
HunkId = NewType("HunkId", str)
IntentId = NewType("IntentId", str)
ApprovalId = NewType("ApprovalId", str)
ClientId = NewType("ClientId", str)
AgentId = NewType("AgentId", str)
Uri = NewType("Uri", str)


def new_id() -> str:
    """A fresh ULID; wrap it in the NewType of what it names."""
    return str(ULID())
