"""Replacements of places, told as changes of whole lines."""

from hypothesis import given
from hypothesis import strategies as st

from bridge.harness.refactoring.python.reading.edits import Replacement, line_edits, replaced

LINE = st.text("ab ", max_size=3)
TEXTS = st.tuples(st.lists(LINE, max_size=6), LINE).map(lambda both: "".join(f"{line}\n" for line in both[0]) + both[1])


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, list[Replacement]]:
    text = draw(TEXTS)
    points = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6)))
    pairs = zip(points[::2], points[1::2], strict=False)
    new = st.sampled_from(["", "x", "x\n", "x\ny", "\n"])
    return text, [Replacement(start, end, draw(new)) for start, end in pairs]


@given(cases())
def test_they_make_the_same_text(case: tuple[str, list[Replacement]]) -> None:
    text, replacements = case
    lines = text.splitlines(keepends=True)
    after, done = "", 0
    for edit in line_edits(text, replacements):
        assert edit.start - 1 >= done
        after += "".join(lines[done : edit.start - 1]) + edit.new
        done = edit.end - 1
    assert after + "".join(lines[done:]) == replaced(text, replacements)


def test_lines_that_are_only_inserted_replace_none() -> None:
    (edit,) = line_edits("a\nb\n", [Replacement(2, 2, "new\n")])
    assert (edit.start, edit.end, edit.new) == (2, 2, "new\n")
