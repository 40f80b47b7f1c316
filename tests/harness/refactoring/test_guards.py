"""What no result may be, and what is told of an old name."""

import pytest

from bridge.harness.refactoring.python.guards import SHOWN, guard, leftovers, remark_of
from bridge.harness.refactoring.values import Changed, ChangedFile, Refusal, Skipped
from bridge.harness.values.text import Sha
from tests.harness.refactoring.python_desk import Desk


def _changed(path: str, new: str, moved_to: str = "") -> Changed:
    return Changed("Change", (ChangedFile(path, Sha("0"), new, moved_to),))


def test_a_result_that_does_not_parse_is_refused() -> None:
    desk = Desk({"a.py": "x = 1\n"})
    with pytest.raises(Refusal, match=r"a\.py, line 2"):
        guard(desk.project, _changed("a.py", "x = 1\nfoo(\n"), None)


def test_other_languages_are_not_parsed() -> None:
    changed = _changed("a.ts", "let x = {")
    assert guard(Desk({"a.ts": ""}).project, changed, None) == changed


def test_what_is_left_of_a_name_is_told_in_all_files_as_they_would_stand() -> None:
    desk = Desk({"a.py": "old = 1\n", "b.py": "# old\nx = 'the old one'\nolder = 1\n", "c.py": "old(\n"})
    changed = guard(desk.project, _changed("a.py", "new = 1\n"), "old")
    assert changed.remarks == (
        "Not changed, look: `old` still stands in b.py:1 (in a comment), b.py:2 (in a string), c.py:1 (in code).",
    )
    assert changed.skipped == (Skipped("c.py", "it does not parse (line 1)"),)


def test_leftovers_in_a_long_string_have_the_line_they_stand_in() -> None:
    assert [place.line for place in leftovers("a.py", '"""a\nold\n\nold"""\n', "old")] == [2, 4]


def test_a_long_list_is_cut_and_counted() -> None:
    (remark,) = remark_of("old", list(leftovers("a.py", "old\n" * (SHOWN + 3), "old")))
    assert remark.endswith("and 3 more.")
    assert remark_of("old", []) == ()
