"""What the demo says in the end: each finding holds where it should, and only there."""

from pathlib import Path
from typing import Any

import pytest

from bridge.harness.workspace.uris import to_uri
from bridge.protocol.review import HunkView
from bridge.protocol.update import ToolCallStart, TurnEnded
from bridge.surfaces.terminal.closing import Story, figures, findings, suite_finding
from bridge.surfaces.terminal.sample import make_sample
from bridge.surfaces.terminal.sample_check import Line, Observed, named_lines, renamed, standing
from bridge.surfaces.terminal.sample_run import SuiteRun
from tests.surfaces.terminal.fakes import a_hunk

SAMPLE = make_sample(5)
ROOT = Path("/demo") / SAMPLE.name
PASSED = SuiteRun(passed=True, count=9, seconds=0.1, problem="")
FAILED = SuiteRun(passed=False, count=9, seconds=0.1, problem="NameError: x")
NOTES = {(place.path, place.line): f"in a {place.kind}" for place in SAMPLE.places if not place.runs}


def a_line(line: Line, **changed: Any) -> HunkView:
    """The hunk of one line of the rename."""
    before, after = standing(SAMPLE), renamed(SAMPLE, {line})
    path, number = line
    texts = {"oldText": before[path], "newText": after[path]}
    cut = {name: text.splitlines(keepends=True)[number] for name, text in texts.items()}
    what = {"uri": to_uri(ROOT / path), "line": number, "note": NOTES.get(line), "decision": "accepted"}
    return a_hunk(f"{path}:{number}", **(cut | what | changed))


def told(*hunks: HunkView, stop: str = "end_turn") -> Story:
    """A story with these hunks."""
    story = Story(SAMPLE, ROOT)
    story.proposed = story.account.hunks = {hunk.hunk_id: hunk for hunk in hunks}
    story.account.ended = TurnEnded.parse({"sessionUpdate": "turn_ended", "turnId": "t", "stopReason": stop})
    return story


def seen(story: Story) -> Observed:
    texts = renamed(SAMPLE, story.accepted())
    disk = {path: text.encode() for path, text in texts.items()} | {SAMPLE.opened: SAMPLE.files[SAMPLE.opened]}
    return Observed(texts[SAMPLE.opened], disk)


def broken(story: Story, tests: SuiteRun = PASSED, left: int = 0) -> list[str]:
    """The findings that don't hold."""
    return [found.text for found in findings(story, seen(story), tests, left) if not found.holds]


ALL = [a_line(line) for line in sorted(named_lines(SAMPLE))]


def test_all_is_well() -> None:
    assert broken(told(*ALL)) == []
    assert broken(told(*(a_line(line, decision="rejected") for line in sorted(named_lines(SAMPLE))))) == []


def test_a_turn_that_was_stopped_before_it_proposed_anything_has_broken_no_promise() -> None:
    assert broken(told(stop="cancelled")) == []
    assert len(broken(told())) == 2
    assert broken(told(*ALL, stop="refusal")) == ["the turn came to its end, not to 'refusal'"]


def test_a_mention_without_a_note_and_a_diagnostic_that_is_left_are_seen() -> None:
    bare = [a_line(line, note=None) for line in sorted(named_lines(SAMPLE))]
    assert broken(told(*bare)) == ["what is in a docstring and in a comment is a hunk of its own, and says so"]
    assert broken(told(*ALL), left=1) == ["no diagnostic of a hunk is left in the editor"]


def test_a_hunk_outside_of_the_project_is_none_of_the_rename() -> None:
    for wrong in (a_line(("README.md", 0)), a_line(min(NOTES), uri="file:///elsewhere/x.py")):
        assert len(broken(told(*ALL, wrong.model_copy(update={"hunk_id": "more"})))) == 1


@pytest.mark.parametrize(
    ("accepted", "tests", "holds"),
    [
        (named_lines(SAMPLE), PASSED, True),
        (named_lines(SAMPLE), FAILED, False),
        (set(NOTES), PASSED, True),
        ({(SAMPLE.opened, SAMPLE.at)}, FAILED, True),
        ({(SAMPLE.opened, SAMPLE.at)}, PASSED, False),
        (named_lines(SAMPLE), SuiteRun(passed=True, count=0, seconds=0.1, problem=""), False),
    ],
)
def test_the_tests_must_end_as_what_was_accepted_lets_them(accepted: set[Line], tests: SuiteRun, holds: bool) -> None:
    assert suite_finding(SAMPLE, accepted, tests).holds is holds


def test_the_figures_count_what_happened() -> None:
    story = told(*ALL[1:], a_line(min(named_lines(SAMPLE)), decision="rejected"))
    for number, kind in enumerate(("search", "read", "edit")):
        start = {"sessionUpdate": "tool_call", "toolCallId": str(number), "title": kind, "kind": kind}
        story.account.on_update(ToolCallStart.parse(start))
    rows = dict(figures(story))
    opened = len({place.line for place in SAMPLE.places if place.path == SAMPLE.opened})
    assert rows["read"].startswith("1 search in 10 Python files, 1 file as a whole; ")
    assert rows["proposed"] == f"{len(ALL)} hunks in 6 files"
    assert (rows["approved"], rows["rejected"]) == (str(len(ALL) - 1), "1")
    assert rows["written"] == f"{opened} in the editor, {len(ALL) - 1 - opened} on the disk"
    assert "first hunk" not in rows["time"]
