"""The end of the demo: what was looked at, the figures, and what to do next. Pure: values in, lines out."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bridge.harness.workspace.uris import to_path, to_uri
from bridge.protocol.review import HunkView
from bridge.surfaces.terminal.sample import Sample
from bridge.surfaces.terminal.sample_check import Finding, Line, Observed, check, check_hunks, match, runs
from bridge.surfaces.terminal.sample_run import SuiteRun
from bridge.surfaces.terminal.teller import Account

STOPS: Mapping[str, str] = {"end_turn": "the turn came to its end", "cancelled": "the turn was stopped"}
"""Ends of a turn that are as they should be."""

NEXT = """\
Next: the same in your own editor, on your own code. These two say how, and what is missing:

    harness-bridge init-editor nvim       or vscode, helix, emacs
    harness-bridge doctor

`pip install .` puts harness-bridge on your path."""


@dataclass(slots=True)
class Times:
    """Seconds."""

    initialize: float = 0.0
    first_hunk: float = 0.0
    total: float = 0.0


@dataclass(slots=True)
class Story:
    """What has happened: `proposed` are the hunks as they were when they came, `account` as they are now."""

    sample: Sample
    root: Path
    account: Account = field(default_factory=Account)
    proposed: dict[str, HunkView] = field(default_factory=dict)
    times: Times = field(default_factory=Times)

    def lines(self, hunk: HunkView) -> frozenset[Line]:
        """The lines of the sample that a hunk renames; empty if it is anything else."""
        path = to_path(hunk.uri)
        if hunk.op != "edit" or path is None or not path.is_relative_to(self.root):
            return frozenset()
        relative = path.relative_to(self.root).as_posix()
        return match(self.sample, relative, hunk.range.start.line, hunk.old_text, hunk.new_text)

    def accepted(self) -> frozenset[Line]:
        """The lines that were accepted."""
        hunks = (self.proposed[hunk.hunk_id] for hunk in self.account.decided("accepted"))
        return frozenset(line for hunk in hunks for line in self.lines(hunk))


def findings(story: Story, seen: Observed, tests: SuiteRun, left: int) -> Iterator[Finding]:
    """Everything that the demo promises, looked at. `left`: diagnostics of hunks that the editor still shows."""
    ended = story.account.ended
    stop = ended.stop_reason if ended else "failed"
    yield Finding(stop in STOPS, STOPS.get(stop, f"the turn came to its end, not to {stop!r}"))
    if story.proposed or stop != "cancelled":
        yield check_hunks(story.sample, [story.lines(hunk) for hunk in story.proposed.values()])
        yield mention_finding(story)
    accepted = story.accepted()
    yield from check(story.sample, accepted, seen)
    yield Finding(left == 0, "no diagnostic of a hunk is left in the editor")
    yield suite_finding(story.sample, accepted, tests)


def mention_finding(story: Story) -> Finding:
    """Whether what is no code is to be decided by itself, and the person is told what it is."""
    mentions = {(place.path, place.line): place.kind for place in story.sample.places if not place.runs}
    told = set[Line]()
    for hunk in story.proposed.values():
        lines = story.lines(hunk)
        if len(lines) == 1 and all(mentions.get(line, "code") in (hunk.note or "") for line in lines):
            told |= lines
    kinds = " and ".join(f"in a {kind}" for kind in sorted(mentions.values(), reverse=True))
    return Finding(told.issuperset(mentions), f"what is {kinds} is a hunk of its own, and says so")


def suite_finding(sample: Sample, accepted: Collection[Line], tests: SuiteRun) -> Finding:
    """Whether the tests ended as what was accepted lets them end."""
    should = runs(sample, accepted)
    if tests.passed:
        text = f"its tests: {tests.count} pass, in {tests.seconds:.1f} s"
        text += "" if should else ", although only a part of the code has the new name"
    else:
        why = tests.problem or "no reason given"
        text = f"its tests fail ({why})"
        text += "" if should else ", as they must: only a part of the code has the new name"
    return Finding(tests.passed == should and (not tests.passed or tests.count > 0), text)


def figures(story: Story) -> Sequence[tuple[str, str]]:
    """Names and values of the closing table."""
    account = story.account
    accepted = account.decided("accepted")
    opened = sum(hunk.uri == to_uri(story.root / story.sample.opened) for hunk in accepted)
    files = len({hunk.uri for hunk in story.proposed.values()})
    return (
        ("read", f"{_counted(story)}; {story.sample.opened} as it is in the editor, not saved"),
        ("proposed", f"{len(story.proposed)} hunks in {files} file{'s'[: files != 1]}"),
        ("approved", f"{len(accepted)}"),
        ("rejected", f"{len(account.decided('rejected'))}"),
        ("written", f"{opened} in the editor, {len(accepted) - opened} on the disk"),
        ("time", _times(story.times)),
        ("cost", "$0.00: offline, no key, no network"),
    )


def _times(times: Times) -> str:
    first = f"first hunk after {times.first_hunk:.2f} s, " if times.first_hunk else ""
    return f"initialize {times.initialize * 1000:.0f} ms, {first}{times.total:.1f} s in all"


def _counted(story: Story) -> str:
    """How often the engine looked, and at how much."""
    kinds = [call.kind for call in story.account.calls.values()]
    python = sum(path.endswith(".py") for path in story.sample.files)
    searches, reads = kinds.count("search"), kinds.count("read")
    parts = (
        (searches, f"{searches} search{'es'[: 2 * (searches != 1)]} in {python} Python files"),
        (reads, f"{reads} file{'s'[: reads != 1]} as a whole"),
    )
    return ", ".join(words for count, words in parts if count) or "nothing"
