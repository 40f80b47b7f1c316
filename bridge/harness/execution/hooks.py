"""Hooks around a call: phase 3 may deny, allow or rewrite; phase 6 may rewrite the result."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from bridge.harness.values.tools import Outcome, Prepared


@dataclass(frozen=True, slots=True)
class HookSays:
    """What a hook wants.

    An `allow` replaces an ask, never a deny, a protected path or an untrusted workspace. `args` (a rewrite) goes back
    to phase 1, once for each hook: the verdicts that count are those on the input that will run.
    """

    effect: Literal["nothing", "deny", "allow"] = "nothing"
    reason: str = ""
    args: Mapping[str, Any] | None = None


class Hook(Protocol):
    """Something that watches tool calls."""

    async def before(self, tool: str, args: Mapping[str, Any], prepared: Prepared) -> HookSays:
        """Phase 3."""
        ...

    async def after(self, tool: str, outcome: Outcome) -> Outcome:
        """Phase 6; runs on failure too."""
        ...
