"""The contract of every tool: prepare (pure: what would happen), then commit (make it happen).

Edit tools have no commit of their own: they prepare a draft, and the review settles it.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from bridge.harness.values.policy import Subj, SubjectKind
from bridge.harness.values.tools import Flags, Outcome, Prepared, ToolSpec
from bridge.harness.workspace.workspace import Location, Workspace


class ToolInput(BaseModel):
    """Base of all tool inputs: unknown fields are refused, so that a model's slip is seen and not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


InputT = TypeVar("InputT", bound=ToolInput)


Hidden = Callable[[Subj], bool]
"""Whether a rule, or a name that is protected, keeps a file out of what is read beside others."""


class Context:
    """What a tool is given: the workspace, and what a search must not show. One for each session."""

    def __init__(self, workspace: Workspace, hidden: Hidden) -> None:
        """A call that names a file is judged for it; a search reads files that nobody named."""
        self.workspace = workspace
        self.hidden = hidden


class Tool(ABC, Generic[InputT]):
    """One tool. Subclasses set `spec` and fill in `prepare`; all that is not an edit fills in `commit`."""

    spec: ToolSpec

    def flags(self, given: InputT) -> Flags:
        """What this call does. The default is the careful one: mutating, serial, destructive."""
        return Flags()

    def title(self, given: InputT) -> str:
        """A few words for the person, before anything has been looked at."""
        return self.spec.name

    @abstractmethod
    async def prepare(self, given: InputT, context: Context) -> Prepared:
        """Without side effect. Raises `BridgeError`: its text goes to the model, which can act on it."""

    async def commit(self, prepared: Prepared, context: Context) -> Outcome:
        """Make it happen. Called once, after the policy and the person have agreed."""
        raise TypeError(f"{self.spec.name} prepares an edit: the review settles it, there is nothing to commit")


def touched(kind: SubjectKind, places: Sequence[Location]) -> tuple[Subj, ...]:
    """The policy's subjects for some places."""
    return tuple(Subj(kind, str(place.path), str(place.resolved), place.inside) for place in places)
