"""Typed identifiers. All are ULIDs in text form: 26 characters of Crockford's base 32 that sort by creation time."""

import os
import time
from typing import NewType

SessionId = NewType("SessionId", str)
TurnId = NewType("TurnId", str)
PromptId = NewType("PromptId", str)
CallId = NewType("CallId", str)
ProposalId = NewType("ProposalId", str)
FileId = NewType("FileId", str)
HunkId = NewType("HunkId", str)
IntentId = NewType("IntentId", str)
ApprovalId = NewType("ApprovalId", str)
ClientId = NewType("ClientId", str)
AgentId = NewType("AgentId", str)
Uri = NewType("Uri", str)


_BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> str:
    """A fresh ULID (48 bits of milliseconds, 80 random bits); wrap it in the NewType of what it names."""
    value = (time.time_ns() // 1_000_000 << 80) | int.from_bytes(os.urandom(10))
    return "".join(_BASE32[value >> shift & 31] for shift in range(125, -5, -5))
