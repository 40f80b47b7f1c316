"""Permissions as data: what a call would touch, the rules, and the verdict with its reasons."""

from dataclasses import dataclass
from typing import Literal

Effect = Literal["allow", "ask", "deny"]
Mode = Literal["default", "accept_edits", "plan", "bypass"]
SubjectKind = Literal["read", "list", "edit", "create", "delete", "move", "execute"]
RuleSource = Literal["policy", "session", "command_line", "user", "project"]


@dataclass(frozen=True, slots=True)
class Subj:
    """One thing that a prepared call would touch.

    `value` is the absolute path that the person is shown, `resolved` where it leads through links; `inside` tells
    whether both lie in the session's workspace. Of a command (`execute`) it is the folder that it runs in,
    and `command` its text.
    """

    kind: SubjectKind
    value: str
    resolved: str
    inside: bool
    command: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """The reason of a verdict: its source and the rule's or default's own words. No Why, no allow."""

    source: Literal["rule", "mode", "builtin", "default"]
    text: str


@dataclass(frozen=True, slots=True)
class Judged:
    """One subject with its own effect and reason."""

    subject: Subj
    effect: Effect
    why: Why


@dataclass(frozen=True, slots=True)
class Ruling:
    """The verdict on a prepared call: the worst of its subjects."""

    effect: Effect
    why: Why
    subjects: tuple[Judged, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that somebody wrote: `tool` name, and a path glob (`**` allowed) relative to the workspace root.

    Of `shell` the pattern is a command by its words, with `*` at the end for any others.
    """

    effect: Effect
    tool: str
    pattern: str
    source: RuleSource

    def __str__(self) -> str:
        """The rule as it is written."""
        return f"{self.effect} {self.tool}({self.pattern})"
