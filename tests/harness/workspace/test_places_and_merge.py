"""Where no editor tells what happened, hunks are moved by comparing texts: no further than a three-way merge goes."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.harness.ids import FileId, ProposalId
from bridge.harness.values.documents import Source
from bridge.harness.values.proposals import FileDraft
from bridge.harness.workspace.hunks import Found, find_hunks
from bridge.harness.workspace.merge import merge3
from bridge.harness.workspace.places import Places
from bridge.harness.workspace.spans import apply_step
from bridge.harness.workspace.text import form_of, sha, split_lines
from tests.support.review_desk import uri_of

URI = uri_of("a.txt")


def edited(rng: random.Random, lines: list[str], edits: int, mark: str) -> list[str]:
    result = list(lines)
    for number in range(edits):
        at = rng.randrange(len(result) + 1)
        removed = rng.choice([0, 0, 1, 2])
        result[at : at + removed] = [f"{mark} {number}\n"] * rng.choice([0, 1, 1, 2])
    return result


def tracked(base: str, ours: str) -> tuple[Places, tuple[Found, ...]]:
    draft = FileDraft("edit", URI, Source("disk", sha(base)), form_of(base), base, base, ours)
    found = find_hunks(draft, (), FileId("f"), ProposalId("p"))
    places = Places()
    places.add(URI, base, found)
    return places, found


@pytest.mark.parametrize("distinct", [True, False])
@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**9), st.integers(0, 25), st.integers(1, 4), st.integers(0, 4))
def test_what_still_fits_is_clean_for_a_three_way_merge_with_the_same_text(
    distinct: bool, seed: int, size: int, our_edits: int, their_edits: int
) -> None:
    rng = random.Random(seed)
    base = [f"line {n if distinct else n % 3}\n" for n in range(size)]
    ours, theirs = edited(rng, base, our_edits, "ours"), edited(rng, base, their_edits, rng.choice(["ours", "theirs"]))
    places, found = tracked("".join(base), "".join(ours))
    now = "".join(theirs)
    places.stands(URI, now, None)
    clean = [one for one in found if places.fit(one.hunk) is None]
    changes = [change for one in clean if (change := places.change(one.hunk, one.hunk.new)) is not None]
    merged = merge3(base, with_these(base, clean), theirs)
    assert distinct is False or merged.conflicts == ()
    if not merged.conflicts:
        result = apply_step(now, sorted(changes, key=lambda change: (change.start, change.end)))
        assert split_lines(result) == list(merged.lines)


def with_these(base: list[str], found: list[Found]) -> list[str]:
    """The base with some of the hunks."""
    lines: list[str] = []
    at = 0
    for one in found:
        lines += [*base[at : one.hunk.span.start], *split_lines(one.hunk.new)]
        at = one.hunk.span.end
    return [*lines, *base[at:]]
