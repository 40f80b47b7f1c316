"""Tools of the service itself that ask something of whoever called: there is no interface for them here yet.

A call without its output makes the next request invalid, so each is answered with a no, and the model goes on.
"""

from collections.abc import Mapping
from typing import Any

from bridge.harness.values.model import Item

NO = "Not run: this client has no interface for this tool. Use the tools whose names you were given."

_REFUSED: Mapping[str, Mapping[str, Any]] = {
    "apply_patch_call": {"type": "apply_patch_call_output", "status": "failed", "output": NO},
    "local_shell_call": {"type": "local_shell_call_output", "output": NO},
    "mcp_approval_request": {"type": "mcp_approval_response", "approve": False, "reason": NO},
    "shell_call": {
        "type": "shell_call_output",
        "output": [{"stdout": "", "stderr": NO, "outcome": {"type": "exit", "exit_code": 1}}],
    },
}

_NAMED: Mapping[str, tuple[str, str]] = {
    "local_shell_call": ("call_id", "id"),
    "mcp_approval_request": ("id", "approval_request_id"),
}
"""By which field of the call its output names it, and by which of its own; `call_id` in both unless said."""


class Unanswered:
    """The calls of one answer that nobody has answered: a shell in the service's own container answers itself."""

    def __init__(self) -> None:
        """None yet."""
        self._open: dict[str, Item] = {}

    def take_in(self, item: Item) -> None:
        """One item of the answer."""
        kind = str(item.get("type", ""))
        if kind in _REFUSED:
            theirs, ours = _NAMED.get(kind, ("call_id", "call_id"))
            known = str(item.get(theirs, ""))
            self._open[known] = {**_REFUSED[kind], ours: known}
        elif kind.endswith("_output"):
            self._open.pop(str(item.get("call_id", "")), None)

    def refusals(self) -> list[Item]:
        """The outputs that are missing."""
        return list(self._open.values())
