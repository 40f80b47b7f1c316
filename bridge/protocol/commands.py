"""The commands of LSP's `workspace/executeCommand`: everything a person can do, without a method of ours.

Each takes exactly one argument, an object.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import GenericAlias, MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter
from typing_extensions import TypeAliasType

from bridge.protocol.base import Wire, parse_with
from bridge.protocol.review import DecideReviewResponse, HunkView, Range
from bridge.protocol.session import CompactResponse
from bridge.protocol.usage import GetUsageResponse


class PromptCommand(Wire):
    """What to ask of the agent, and where the person is."""

    text: str = Field(description="What is asked.")
    uri: str | None = Field(default=None, description="The document the person is in.")
    line: int | None = Field(default=None, ge=0, description="The line the person is on, counted from 0.")
    end_line: int | None = Field(
        default=None, ge=0, description="The last line of what they selected, counted from 0; `line` is the first."
    )
    range: Range | None = Field(
        default=None, description="What they selected; an empty one is the cursor. It goes before `line` and `endLine`."
    )
    session_id: str | None = Field(
        default=None, description="Which session; the workspace's current one, or a new one, if absent."
    )
    queue: bool | None = Field(
        default=None, description="While another turn runs: wait for its end instead of being refused with `busy`."
    )


class PromptStarted(Wire):
    """The turn has begun, or waits for the end of another. `$/progress` tells of it."""

    session_id: str = Field(description="The session that the turn runs in.")


class AskHereCommand(Wire):
    """What the person selected."""

    uri: str = Field(description="The document.")
    range: Range = Field(description="The selection.")


class AskHereResult(Wire):
    """What came of the question what to ask."""

    session_id: str | None = Field(
        default=None, description="The session that the turn runs in; absent where nothing was chosen."
    )


Refactoring = TypeAliasType(
    "Refactoring",
    Annotated[
        Literal["rename", "extract_function", "extract_variable", "inline", "organise_imports", "move"],
        Field(description="What can be done to code without changing what it does."),
    ],
)


class RefactorCommand(Wire):
    """Which refactoring, of what."""

    uri: str = Field(description="The document; it has to be open.")
    range: Range = Field(
        description="The name that is meant, or the selection to extract. A name may be meant by its first place alone."
    )
    action: Refactoring = Field(description="What to do.")
    new_name: str | None = Field(
        default=None,
        description="`rename`: the new name; the person is asked where it is absent. `extract_function` and "
        "`extract_variable`: what comes of it is called so; a name is found where it is absent.",
    )
    to: str | None = Field(
        default=None,
        description="`move`: the module it goes to, as a path from the workspace folder; the person is asked where it "
        "is absent.",
    )
    session_id: str | None = Field(
        default=None, description="Which session; the workspace's current one, or a new one, if absent."
    )


class HunkCommand(Wire):
    """Which hunk."""

    hunk_id: str = Field(description="Which hunk.")


class RejectCommand(Wire):
    """Which hunk, and why not."""

    hunk_id: str = Field(description="Which hunk.")
    reason: str | None = Field(default=None, description="Why; it reaches the model while the turn goes on.")


class FileCommand(Wire):
    """Which file."""

    uri: str = Field(description="Which file.")


class NextCommand(Wire):
    """Where to look from: a hunk, or a line of a document. With neither, the first undecided hunk is meant."""

    hunk_id: str | None = Field(default=None, description="The hunk to go on from.")
    uri: str | None = Field(default=None, description="The document to go on from.")
    line: int | None = Field(default=None, ge=0, description="The line in it, counted from 0.")


class NextHunk(Wire):
    """The hunk that is shown now."""

    hunk: HunkView | None = Field(default=None, description="The hunk; absent if none is undecided.")


class CancelCommand(Wire):
    """Whose turn to cancel."""

    session_id: str | None = Field(default=None, description="Which session; every one that runs, if absent.")


class SteerCommand(Wire):
    """What to tell the agent while it works."""

    text: str = Field(description="What is said.")
    uri: str | None = Field(default=None, description="The document the person is in.")
    line: int | None = Field(default=None, ge=0, description="The line the person is on, counted from 0.")
    session_id: str | None = Field(default=None, description="Which session; the workspace's current one, if absent.")
    turn_id: str | None = Field(default=None, description="The turn that is meant; the one that runs, if absent.")


class SteerResult(Wire):
    """Whether the agent hears of it; the person is told so by `window/showMessage`."""

    taken: bool = Field(description="It does, at its next step. Otherwise no turn runs, or another one than is meant.")


class CompactCommand(Wire):
    """Whose conversation to make smaller."""

    session_id: str | None = Field(default=None, description="Which session; the workspace's current one, if absent.")


class UsageCommand(Wire):
    """Whose usage to show."""

    session_id: str | None = Field(default=None, description="Which session; the workspace's current one, if absent.")


@dataclass(frozen=True, slots=True)
class Command:
    """One command. `result` is None where the answer is null."""

    name: str
    title: str
    arguments: type[Wire]
    result: type[Wire] | None
    doc: str


COMMANDS: tuple[Command, ...] = (
    Command(
        "harness.prompt",
        "Ask the agent",
        PromptCommand,
        PromptStarted,
        "Ask the agent to do something. Answered as soon as the turn has begun, since some editors stand still "
        "while a command runs.",
    ),
    Command(
        "harness.askHere",
        "Ask the agent about the selection",
        AskHereCommand,
        AskHereResult,
        "Ask the agent about what is selected. The person is asked what by `window/showMessageRequest`, out of a few "
        "fixed choices, or, of a model that can't be asked anything, out of the refactorings that fit the selection; "
        "a client with an input of its own takes the command over and sends `harness.prompt`.",
    ),
    Command(
        "harness.refactor",
        "Ask the agent for a refactoring",
        RefactorCommand,
        AskHereResult,
        "Ask the agent to refactor. A new name or a module that is wanted and not given is asked for by "
        "`window/showMessageRequest`, which has a few to choose from, and a choice that puts a comment "
        "`agent: rename old to ` above the line, to be completed; a client with an input of its own takes the command "
        "over and sends it again with what was missing.",
    ),
    Command(
        "harness.accept",
        "Accept",
        HunkCommand,
        DecideReviewResponse,
        "Accept a hunk: its text is applied and seen to stand before the answer. Under the policy `keep`: keep it.",
    ),
    Command(
        "harness.reject",
        "Reject",
        RejectCommand,
        DecideReviewResponse,
        "Reject a hunk, or dismiss a stale one. Under the policy `keep`: undo it.",
    ),
    Command(
        "harness.rejectWithReason",
        "Reject with reason",
        HunkCommand,
        DecideReviewResponse,
        "Reject a hunk, and be asked why by `window/showMessageRequest`. No choice, no rejection.",
    ),
    Command(
        "harness.applyAnyway",
        "Apply anyway",
        HunkCommand,
        DecideReviewResponse,
        "Accept a stale hunk over what stands at its place now. `decidedId` is the new hunk that this makes.",
    ),
    Command(
        "harness.undo",
        "Undo",
        HunkCommand,
        DecideReviewResponse,
        "Take a hunk that stands out of the text again. Where later ones stand on it the person is asked by "
        "`window/showMessageRequest` whether to undo them together.",
    ),
    Command(
        "harness.acceptFile",
        "Accept all in file",
        FileCommand,
        DecideReviewResponse,
        "Accept every undecided hunk of a file that fits, in one edit.",
    ),
    Command(
        "harness.rejectFile",
        "Reject all in file",
        FileCommand,
        DecideReviewResponse,
        "Reject every undecided hunk of a file.",
    ),
    Command(
        "harness.show",
        "Show",
        HunkCommand,
        None,
        "Show a hunk: `window/showDocument` at its place where the client has that, and its old and new text.",
    ),
    Command(
        "harness.next",
        "Next hunk",
        NextCommand,
        NextHunk,
        "Go to the next undecided hunk: in the document, then in the other ones, then from the start.",
    ),
    Command(
        "harness.cancel", "Cancel the turn", CancelCommand, None, "Cancel the running turn, as the notification does."
    ),
    Command(
        "harness.steer",
        "Tell the agent",
        SteerCommand,
        SteerResult,
        "Tell the agent something while it works: it joins at the next step. Whether it was in time is said by "
        "`window/showMessage`.",
    ),
    Command(
        "harness.compact",
        "Compact the conversation",
        CompactCommand,
        CompactResponse,
        "Make the conversation smaller for the model, as `harness/session/compact` does. What came of it is said by "
        "`window/showMessage`.",
    ),
    Command(
        "harness.usage",
        "Show usage",
        UsageCommand,
        GetUsageResponse,
        "Say what the session has used and cost, in one line by `window/showMessage`; the answer has all of it.",
    ),
)

BY_NAME: Mapping[str, Command] = MappingProxyType({command.name: command for command in COMMANDS})


@cache
def _adapter(arguments: type[Wire]) -> TypeAdapter[tuple[Wire]]:
    """Exactly one argument. Built at the first call of a command, not at import."""
    exactly_one: Any = GenericAlias(tuple, (arguments,))
    return TypeAdapter(exactly_one)


def parse_arguments(command: Command, arguments: Sequence[object] | None) -> Wire:
    """The one argument of a command, validated. Raises `pydantic.ValidationError`."""
    return parse_with(_adapter(command.arguments), arguments if arguments is not None else [])[0]
