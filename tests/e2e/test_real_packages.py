"""Real packages refactored through the daemon, offline: their own tests pass, exactly what was accepted is written."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.support.bridge import Bridge
from tests.support.our_editor import OurEditor
from tests.support.raw_client import Message
from tests.support.real_packages import PACKAGES, Package, definitions, run_suite, tree, unpack
from tests.support.wired import FULL

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SEED = 7
RENAMED = 3
"""Random functions and classes that are renamed in each package."""


@pytest.fixture(params=PACKAGES, ids=lambda package: package.name)
def editor(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OurEditor]:
    """An editor with nothing open, on a package."""
    package: Package = request.param
    unpack(package, tmp_path / "work")
    with Bridge(tmp_path, (), FULL, {"model": "offline"}) as bridge:
        yield OurEditor(bridge)
        assert "incident" not in bridge.client.log()


def proposed(editor: OurEditor, words: str) -> tuple[int | str, list[Message]]:
    """Ask; the prompt's id and the hunks that wait."""
    asking = editor.prompt(editor.new(), words)

    def waiting() -> list[Message]:
        return [view for view in editor.views.values() if "decision" not in view]

    editor.until(lambda: bool(waiting()) and len(waiting()) == waiting()[0]["total"])
    return asking, waiting()


def with_hunks(before: dict[str, bytes], root: Path, hunks: Sequence[Message]) -> dict[str, bytes]:
    """The tree with these hunks made at the lines where they were shown; written for this test, no product code."""
    after = dict(before)
    for uri in {hunk["uri"] for hunk in hunks}:
        name = uri.removeprefix(root.as_uri() + "/")
        lines = before[name].decode().splitlines(keepends=True)
        mine = sorted((h for h in hunks if h["uri"] == uri), key=lambda h: h["range"]["start"]["line"], reverse=True)
        for hunk in mine:
            start, end = hunk["range"]["start"]["line"], hunk["range"]["end"]["line"]
            assert "".join(lines[start:end]) == hunk["oldText"]
            lines[start:end] = [hunk["newText"]]
        after[name] = "".join(lines).encode()
    return after


def decide(editor: OurEditor, hunks: Sequence[Message]) -> None:
    outcomes = editor.decide(*({"hunkId": hunk["hunkId"], "verdict": "accept"} for hunk in hunks))
    assert {one["outcome"] for one in outcomes} == {"present"}


def test_renames_in_halves_and_undone_again(editor: OurEditor) -> None:
    root = editor.bridge.work
    chance = random.Random(SEED)
    for one in chance.sample(list(definitions(root)), RENAMED):
        before = tree(root)
        asking, hunks = proposed(editor, f"rename `{one.name}` in {one.path} to `{one.name}_anew`")
        half = chance.sample(hunks, len(hunks) // 2)
        if half:
            decide(editor, half)
        assert tree(root) == with_hunks(before, root, half)
        decide(editor, [hunk for hunk in hunks if hunk not in half])
        assert tree(root) == with_hunks(before, root, hunks)
        assert editor.stopped(asking) == "end_turn"
        files = len({hunk["uri"] for hunk in hunks})
        print(f"{one.name}: {len(hunks)} hunks in {files} files: {run_suite(root)}")  # noqa: T201 - what was seen
        outcomes = editor.undo(*(hunk["hunkId"] for hunk in hunks))
        assert {outcome["outcome"] for outcome in outcomes} == {"removed"}
        assert tree(root) == before
        editor.views.clear()


def test_a_move_and_organised_imports_at_once(editor: OurEditor) -> None:
    root = editor.bridge.work
    before = tree(root)
    one = random.Random(SEED).choice([one for one in definitions(root) if not one.name.startswith("_")])
    target = Path(one.path).with_name("moved_here.py").as_posix()
    asking, hunks = proposed(editor, f"move `{one.name}` from {one.path} to {target}")
    decide(editor, hunks)
    assert editor.stopped(asking) == "end_turn"
    assert target in tree(root)
    print(f"{one.name} to {target}: {len(hunks)} hunks: {run_suite(root)}")  # noqa: T201 - what was seen
    editor.undo(*(hunk["hunkId"] for hunk in hunks))
    assert tree(root) == before
