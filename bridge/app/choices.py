"""What the person has chosen for a session, as a fold of its log."""

from dataclasses import replace
from typing import cast, get_args

from bridge.harness.engine.request import Options
from bridge.harness.errors import NotAllowed
from bridge.harness.ports.editor import Editor
from bridge.harness.values.events import Event, OptionName, OptionSet, PolicySet, SessionOpened
from bridge.harness.values.model import Effort
from bridge.harness.values.proposals import ReviewPolicy

SWITCH = {"on": True, "off": False}
"""The values of `fast`."""

EFFORTS: tuple[str, ...] = get_args(Effort)


class Choices:
    """The review policy and the options of model calls."""

    def __init__(self, editor: Editor, settings: Options) -> None:
        """`editor` says whether *keep* can be had; `settings` is where a session begins, and what "" goes back to."""
        self._editor = editor
        self._settings = settings
        self._policy: ReviewPolicy = "ask"
        self.options = settings

    @property
    def policy(self) -> ReviewPolicy:
        """The review policy of proposals that are made now: *ask* where the editor can't do *keep*."""
        return self._policy if self._editor.keeps else "ask"

    @property
    def can_keep(self) -> bool:
        """Whether the editor can do *keep*."""
        return self._editor.keeps

    def fold(self, event: Event) -> None:
        """Take in one event."""
        match event:
            case SessionOpened(policy=policy) | PolicySet(policy=policy):
                self._policy = "keep" if policy == "keep" else "ask"
            case OptionSet(name="model", value=value):
                self.options = replace(self.options, model=value or self._settings.model)
            case OptionSet(name="effort", value=value) if value in {"", *EFFORTS}:
                self.options = replace(self.options, effort=cast("Effort", value) if value else self._settings.effort)
            case OptionSet(name="fast", value=value) if value in {"", *SWITCH}:
                self.options = replace(self.options, fast=SWITCH.get(value, self._settings.fast))


def checked(name: OptionName, value: str) -> OptionSet:
    """The event that sets an option; raises `NotAllowed` for a value that it can't have."""
    allowed: dict[str, tuple[str, ...]] = {"effort": EFFORTS, "fast": tuple(SWITCH)}
    if name in allowed and value not in {"", *allowed[name]}:
        words = ", ".join(allowed[name])
        raise NotAllowed(f"{name} can't be {value!r}", hint=f"It is one of {words}, or empty for the settings' own.")
    return OptionSet(name, value)
