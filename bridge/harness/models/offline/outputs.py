"""What tools answer, read back: the places that `find_usages` lists, and what became of a `refactor` call's hunks."""

import re
from collections import Counter
from dataclasses import dataclass

_PLACE = r"(?P<path>.+?):(?P<line>\d+):(?P<column>\d+): "
_DEFINITION = re.compile(_PLACE + r"(?P<kind>[a-z]+) (?P<name>\S+): ?(?P<text>.*)")
_USE = re.compile(_PLACE + r"(?P<kind>[a-z][a-z ]*): (?P<text>.*)")
_HUNK = re.compile(r"- hunk \d+ of (?P<total>\d+): (?P<outcome>.*)")
_SECTION = re.compile(r"\[(?P<name>[a-z ]+)\]")
_REJECTED = "rejected by the user"
_REFUSED = "rejected, but not by the user"
_APPLIED = ("accepted and applied", "applied; the user looks at it later")
_NEEDLESS = ("already organised", "there is nothing to change")
_CANDIDATES = "Candidates:"
_NOTE = "Note: "


@dataclass(frozen=True, slots=True)
class Target:
    """A place of a name, with what it is. `name` is qualified, of a definition; the file's own words are in `text`."""

    path: str
    line: int
    column: int
    kind: str
    name: str
    text: str = ""

    @property
    def short(self) -> str:
        """The name as it stands in the code."""
        return self.name.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Looked:
    """What `find_usages` found; `error` and then `definitions` are what was perhaps meant."""

    definitions: tuple[Target, ...] = ()
    uses: tuple[Target, ...] = ()
    uncertain: tuple[Target, ...] = ()
    mentions: tuple[Target, ...] = ()
    skipped: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of an edit.

    `rejected` counts the person's own rejections, `reasons` are theirs; `refused` counts those of a rule, or because
    nobody could be asked, and `causes` say why. `problems`: hunks that are neither applied nor rejected, with why.
    """

    title: str = ""
    total: int = 0
    applied: int = 0
    rejected: int = 0
    reasons: tuple[str, ...] = ()
    refused: int = 0
    causes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    error: str = ""

    @property
    def needless(self) -> bool:
        """Whether nothing had to be done."""
        return any(words in self.error for words in _NEEDLESS)


def looked(output: str) -> Looked:
    """Read `find_usages`' answer."""
    if not output.startswith("[definitions]"):
        why, candidates = _refusal(output)
        return Looked(candidates, error=why)
    sections: dict[str, list[str]] = {}
    name = ""
    for line in output.splitlines():
        if found := _SECTION.fullmatch(line):
            name = found["name"]
        else:
            sections.setdefault(name, []).append(line)
    return Looked(
        _targets(_DEFINITION, sections.get("definitions", [])),
        _targets(_USE, sections.get("usages", [])),
        _targets(_USE, sections.get("uncertain", [])),
        _targets(_USE, sections.get("mentions", [])),
        tuple(sections.get("not looked into", [])),
    )


def settled(output: str) -> Settled:
    """Read an edit's answer."""
    lines = output.splitlines()
    hunks = [found for line in lines if (found := _HUNK.fullmatch(line))]
    notes = tuple(line.removeprefix(_NOTE) for line in lines if line.startswith(_NOTE))
    if not hunks:
        return Settled(error=_refusal(output)[0], notes=notes)
    outcomes = [found["outcome"] for found in hunks]
    rejected = [one for one in outcomes if one.startswith(_REJECTED)]
    refused = [one for one in outcomes if one.startswith(_REFUSED)]
    applied = [one for one in outcomes if one.startswith(_APPLIED)]
    others = Counter(one for one in outcomes if not one.startswith((_REJECTED, _REFUSED, *_APPLIED)))
    return Settled(
        title=lines[0].rpartition(": ")[0],
        total=len(hunks),
        applied=len(applied),
        rejected=len(rejected),
        reasons=_whys(rejected, _REJECTED),
        refused=len(refused),
        causes=_whys(refused, _REFUSED),
        problems=tuple(f"{count} change{'' if count == 1 else 's'}: {what}" for what, count in others.items()),
        notes=notes,
    )


def _whys(outcomes: list[str], what: str) -> tuple[str, ...]:
    """Each reason once."""
    return tuple(dict.fromkeys(why for one in outcomes if (why := one.removeprefix(what).removeprefix(": "))))


def _refusal(output: str) -> tuple[str, tuple[Target, ...]]:
    why, _, rows = output.removeprefix("Error: ").partition(f"\n{_CANDIDATES}\n")
    kept = "\n".join(line for line in why.splitlines() if not line.startswith(_NOTE))
    return kept.strip() or "It could not be done.", _targets(_DEFINITION, rows.splitlines())


def _targets(pattern: re.Pattern[str], lines: list[str]) -> tuple[Target, ...]:
    found = [match for line in lines if (match := pattern.fullmatch(line))]
    return tuple(
        Target(
            one["path"],
            int(one["line"]),
            int(one["column"]),
            one["kind"],
            one.groupdict().get("name") or "",
            one["text"].strip(),
        )
        for one in found
    )
