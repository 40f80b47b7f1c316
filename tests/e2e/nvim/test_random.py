"""A person who does anything at any moment, before, between and while hunks are decided: nothing is lost or misplaced.

`HARNESS_BRIDGE_T1_RUNS` says how many interleavings are run, `HARNESS_BRIDGE_T1_SEED` the first one's seed. What fails
is told with its seed: run that one alone. The seed fixes what is done; when exactly, Neovim and the daemon decide.
"""

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.e2e.nvim.interleavings import Review, Reviews, Script, Wait, anything, random_cases
from tests.support.nvim import Neovim, Place
from tests.support.nvim_cases import BLOCK, TIMES, Case
from tests.support.nvim_typist import LUA
from tests.support.script import edit, step

pytestmark = pytest.mark.nvim

RUNS = int(os.environ.get("HARNESS_BRIDGE_T1_RUNS", "200"))
SEED = int(os.environ.get("HARNESS_BRIDGE_T1_SEED", "0"))

MOST_UNFOLLOWED = 0.02
"""Of all runs: those of which nobody can say what is right. More of them, and the figures would mean little."""

# The agent's edit, one line below where it belongs: what the oracle has to see.
ONE_LINE_OFF = """
local apply = vim.lsp.util.apply_text_edits
vim.lsp.util.apply_text_edits = function(edits, ...)
  for _, edit in ipairs(edits) do
    edit.range.start.line = edit.range.start.line + 1
    edit.range['end'].line = edit.range['end'].line + 1
  end
  return apply(edits, ...)
end
"""


@pytest.fixture
def typing(place: Place) -> Iterator[Neovim]:
    """An editor whose buffers keep a journal, with the daemon attached."""
    with Neovim(place) as nvim:
        nvim.lua(LUA.read_text(encoding="utf-8"))
        yield nvim


def run(nvim: Neovim, place: Place, cases: list[tuple[int, Case]], script: Script = anything) -> Reviews:
    """Run them all and print the figures."""
    Reviews.prepare(place, [case for _, case in cases])
    nvim.edit(place.file("first.txt", "x\n"))
    reviews = Reviews(nvim, place)
    account = reviews.run(cases, script)
    print(account, *account.wrong, sep="\n")  # noqa: T201 - shown where it fails, and with -s
    return reviews


@pytest.mark.timeout(60 + RUNS)
def test_random_interleavings_lose_nothing_and_misplace_nothing(typing: Neovim, place: Place) -> None:
    account = run(typing, place, random_cases(SEED, RUNS)).total()
    assert account.runs == RUNS
    assert account.wrong == []
    assert account.unfollowed <= max(1, MOST_UNFOLLOWED * RUNS)
    assert account.told["present"] >= RUNS // 4 or RUNS < 50


# The file in which the same three lines stand again and again, and the person puts in one more of them.

HUNK_AT = 61
"""A line `a`, the first of a block."""

PLACES = (1, 31, 58, 60, 61)
"""Lines that the block goes above: at borders between blocks, and within one, close to the hunk."""

MOMENTS = ("before the proposal", "before the decision", "before the edit", "after the edit")
EXACT = ("3yyP", "typed", "plugin")
MANNERS = (*EXACT, "formatter")


def repeats(number: int, line: int) -> Case:
    """The agent changes one line of one block, and names it by all lines from there to the end."""
    lines = ["first", *BLOCK * TIMES, "last"]
    tail = lines[line:]
    old = "".join(f"{row}\n" for row in tail)
    new = f"+{number}\n" + "".join(f"{row}\n" for row in tail[1:])
    text = "".join(f"{row}\n" for row in lines)
    name = f"repeats{number}.txt"
    return Case(name, text.encode(), "repeated", (step(edit(name, (old, new))), step(say="Done.")))


def one_more(review: Review, manner: str, line: int) -> None:
    """The block again, above this line."""
    match manner:
        case "3yyP":
            review.typist.paste(1, line)
        case "typed":
            review.typist.keys(line, "O{}<CR>{}<CR>{}<Esc>".format(*BLOCK))
        case "plugin":
            review.typist.replace(line, line, list(BLOCK))
        case _:
            review.typist.insert_by_formatter(line, list(BLOCK))


def block_goes_in(moment: str, manner: str, line: int) -> Script:
    """The script of one such review."""

    def script(review: Review) -> Generator[Wait]:
        if moment == MOMENTS[0]:
            one_more(review, manner, line)
        review.ask()
        yield review.proposed
        (hunk,) = review.undecided()
        if moment == MOMENTS[1]:
            one_more(review, manner, line)
        elif moment == MOMENTS[2]:
            review.typist.around((line, line, list(BLOCK)), before=True)
        elif moment == MOMENTS[3]:
            review.typist.around((line, line, list(BLOCK)), before=False)
        review.typist.command("harness.accept", hunk, hunkId=hunk)
        yield lambda: review.typist.answered(hunk)
        yield from review.close()

    return script


VARIANTS = [
    (moment, manner, line)
    for moment in MOMENTS
    for manner in (MANNERS if moment in MOMENTS[:2] else ("plugin",))
    for line in PLACES
]


def test_one_more_of_the_three_lines_that_stand_fifty_times_misplaces_nothing(typing: Neovim, place: Place) -> None:
    cases = [repeats(number, HUNK_AT) for number in range(len(VARIANTS))]
    scripts = {case.name: block_goes_in(*variant) for case, variant in zip(cases, VARIANTS, strict=True)}
    reviews = run(typing, place, list(enumerate(cases)), lambda review: scripts[review.case.name](review))
    outcomes = {variant: reviews.accounts[number] for number, variant in enumerate(VARIANTS)}
    assert not [(variant, account.wrong) for variant, account in outcomes.items() if account.wrong]
    # What the editor told exactly, and before the edit was sent, leaves no doubt.
    doubted = [variant for variant, account in outcomes.items() if not account.told["present"]]
    assert not [(moment, manner, line) for moment, manner, line in doubted if moment in MOMENTS[:2] and manner in EXACT]


def test_the_oracle_sees_an_edit_on_a_wrong_line(typing: Neovim, place: Place) -> None:
    typing.lua(ONE_LINE_OFF)
    case = repeats(0, HUNK_AT)

    def script(review: Review) -> Generator[Wait]:
        review.ask()
        yield review.proposed
        (hunk,) = review.undecided()
        review.typist.command("harness.accept", hunk, hunkId=hunk)
        yield lambda: review.typist.answered(hunk)
        yield from review.close()

    account = run(typing, place, [(0, case)], script).total()
    assert account.detected + len(account.wrong) >= 1
    assert account.told["present"] == 0 or account.wrong
    assert Path(place.work / "first.txt").read_text() == "x\n"
