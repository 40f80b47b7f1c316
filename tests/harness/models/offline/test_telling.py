"""What the engine says: truthful, once, and what it asks is told as a question."""

import pytest

from bridge.app.models import SETUP as REAL_SETUP
from bridge.harness.ids import Uri
from bridge.harness.models.offline.conversation import Place
from bridge.harness.models.offline.nearest import nearest
from bridge.harness.models.offline.outputs import Target, settled
from bridge.harness.models.offline.reading import Understood, read
from bridge.harness.models.offline.telling import settled_text
from bridge.harness.session.transcript import user_message
from bridge.harness.values.events import PromptContext
from bridge.surfaces.terminal.teller import asks
from tests.harness.models.offline.playing import SETUP, step, told

pytestmark = pytest.mark.anyio

FOUND = "[definitions]\na.py:2:5: function a.find: def find(text, count=1):"
TWO = f"{FOUND}\nb.py:3:5: function b.find: def find():"
HEAD = "2\tdef find(text, count=1):\n3\t    return text * count"
UNKNOWN = (
    "Error: `fe` is not defined in the Python files of this project. Perhaps `find`?\nCandidates:\n"
    + (FOUND.partition("\n")[2])
)
TAKEN = "Error: `seek` is taken: a.py, line 9; it is defined there already. Choose another name."
HERE = PromptContext(Uri("file:///ws/a.py"), 4, None, 2, None)


async def heard(prompt: str, *outputs: str, context: PromptContext | None = None) -> list[str]:
    """All that is said, in the order of the steps, with these outputs for them."""
    said, _, items = await step(user_message(prompt, context))
    texts = [said]
    for output in outputs:
        said, _, items = await step(*told(items, output))
        texts.append(said)
    return texts


async def test_a_parameters_function_is_looked_for_and_the_parameter_is_what_is_spoken_of() -> None:
    texts = await heard("rename the parameter text of find to query", FOUND, HEAD)
    what = "Rename parameter `text` of `find` to `query`:"
    assert texts == [f"{what} I look where that is.", "", f"{what} it is in a.py:2. Let me see what would change."]


async def test_a_refusal_follows_no_promise_and_is_said_once() -> None:
    *before, last = await heard("rename find to seek", FOUND, TAKEN)
    assert not any("here is what changes" in text for text in before)
    assert last == f"I can't rename `find` to `seek`: {TAKEN.removeprefix('Error: ')}"
    (_, last) = await heard("rename fe to seek", UNKNOWN)
    assert last.count("`fe`") == 1
    assert last.count("find`") == 1
    assert last.endswith("Do you mean function `a.find` in a.py? (yes/no)")


async def test_a_file_is_asked_for_only_where_it_tells_which_one() -> None:
    same = TWO.replace("b.py:3:5: function b.find", "a.py:9:5: method a.Box.find")
    assert (await heard("rename find to seek", TWO))[-1].endswith("Answer with its number, or its file.")
    assert (await heard("rename find to seek", same))[-1].endswith("Answer with its number, or its name.")


async def test_what_needs_no_change_is_not_told_as_a_failure() -> None:
    output = "Error: The imports of a.py are already organised."
    assert (await heard("organise imports", output, context=HERE))[-1] == output.removeprefix("Error: ")


@pytest.mark.parametrize(
    ("prompt", "why", "label"),
    [
        ("rename find to class", "`class` is a keyword of Python", "rename `find` to `class_`"),
        ("rename find to `lambda`", "`lambda` is a keyword of Python", "rename `find` to `lambda_`"),
        ("find should be called import", "`import` is a keyword of Python", "rename `find` to `import_`"),
        ("add a parameter from to find", "`from` is a keyword of Python", "add parameter `from_` to `find`"),
        (
            "extract this into a function called global",
            "`global` is a keyword of Python",
            "extract the selection into a function `global_`",
        ),
        ("rename find to look-up", "“look-up” can't be a name", "rename `find` to `look_up`"),
        ("rename find to 'look up'", "“look up” can't be a name", "rename `find` to `look_up`"),
        ("rename find to look around", "“look around” is no name, but two words", "rename `find` to `look_around`"),
        ("rename find to quickly", "I take `quickly` for a name only in backticks", "rename `find` to `quickly`"),
        (
            "rename find to class and organise imports of a.py",
            "`class` is a keyword",
            "rename `find` to `class_`, then organise imports of `a.py`",
        ),
    ],
)
async def test_why_a_word_is_no_new_name_is_said_and_another_is_offered(prompt: str, why: str, label: str) -> None:
    said, calls, items = await step(user_message(prompt, None))
    assert said.startswith(why)
    assert said.endswith(f"Shall I {label}? (yes/no)")
    assert calls == []
    assert (await step(*items, user_message("no", None)))[:2] == ("Nothing was changed.", [])


async def test_the_offered_name_is_taken_when_the_person_says_yes() -> None:
    _, _, items = await step(user_message("rename find to class", None))
    _, calls, items = await step(*items, user_message("yes", None))
    assert calls == [("find_usages", {"symbol": "find"})]
    _, calls, _ = await step(*told(items, FOUND))
    assert calls[0][1]["new_name"] == "class_"


@pytest.mark.parametrize("prompt", ["make it faster", "is this class good?", "rename it if it is old", "class"])
async def test_a_keyword_in_other_words_is_no_new_name(prompt: str) -> None:
    said, calls, _ = await step(user_message(prompt, None))
    assert "keyword" not in said
    assert calls == []


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (
            "rejected, but not by the user: nobody could be asked: there is no terminal",
            "2 of 2 changes were rejected: nobody could be asked: there is no terminal.",
        ),
        ("rejected, but not by the user", "2 of 2 changes were rejected: by a rule, not by you."),
        ("rejected by the user: no", "You rejected 2 of 2 changes. You said: no."),
        ("withdrawn: a.py can't be written: it is read-only", "2 changes: withdrawn: a.py can't be written"),
        ("nobody decided in time; not applied", "2 changes: nobody decided in time; not applied."),
    ],
)
def test_only_what_the_person_rejected_is_told_as_theirs(outcome: str, told: str) -> None:
    rows = "\n".join(f"- hunk {number} of 2: {outcome}" for number in (1, 2))
    text = settled_text(settled(f"Rename `a` to `b`: 2 of them\n{rows}"), "rename `a` to `b`")
    assert text.startswith("Rename `a` to `b`: nothing was changed.")
    assert told in text
    assert ("You" in text) == ("by the user: no" in outcome and "not by" not in outcome)


QUESTIONS = [
    ("rename find to seek", (TWO,)),
    ("rename fe to seek", (UNKNOWN,)),
    ("where is fe?", (UNKNOWN,)),
    ("rename class find to seek", (FOUND,)),
    ("change find to seek", ()),
    ("maybe rename find to seek", ()),
    ("rename find to seek but only in tests", ()),
    ("rename find to class", ()),
    ("organise imports", ()),
    ("add a parameter tax to find", (FOUND, HEAD, f"{FOUND}\n[usages]\na.py:9:1: call: find()")),
    ("move find to new.py", (FOUND.replace("a.py", "lib/a.py"), "[no files]")),
    ("rename find in a.py to seek", ("x/a.py\ny/a.py",)),
]


@pytest.mark.parametrize(("prompt", "outputs"), QUESTIONS, ids=[prompt for prompt, _ in QUESTIONS])
async def test_what_is_asked_is_told_as_a_question(prompt: str, outputs: tuple[str, ...]) -> None:
    assert asks((await heard(prompt, *outputs))[-1])


@pytest.mark.parametrize(
    ("prompt", "outputs"),
    [
        ("make it faster", ()),
        ("help", ()),
        ("undo that", ()),
        ("don't rename find to seek", ()),
        ("how do I rename find to seek?", ()),
        ("why did you rename find to seek?", ()),
        ("rename find to seek", (FOUND, TAKEN)),
    ],
)
async def test_what_is_no_question_is_not_told_as_one(prompt: str, outputs: tuple[str, ...]) -> None:
    assert not asks((await heard(prompt, *outputs))[-1])


@pytest.mark.parametrize("prompt", ["organise imports", "don't organise imports of a.py", "undo that", "help"])
async def test_no_backticks_stand_within_backticks(prompt: str) -> None:
    (text,) = await heard(prompt)
    assert "``" not in text
    assert all(line.count("`") % 2 == 0 for line in text.splitlines())


@pytest.mark.parametrize("answer", ["b.py", "in b.py", "the file b.py", "`b.py`"])
async def test_in_which_file_is_answered_with_a_file(answer: str) -> None:
    _, _, items = await step(user_message("organise imports", None))
    _, calls, items = await step(*items, user_message(answer, None))
    assert calls == [("glob", {"pattern": "**/b.py"})]
    _, calls, _ = await step(*told(items, "src/b.py"))
    assert calls == [("refactor", {"action": "organise_imports", "path": "src/b.py"})]


@pytest.mark.parametrize("prompt", ["undo that", "revert your changes"])
async def test_undo_names_the_editors_and_version_control(prompt: str) -> None:
    (text,) = await heard(prompt)
    assert "undo in your editor" in text
    assert "In a terminal there is no undo but version control, such as `git restore -p`" in text


CURSOR = Place("file:///ws/a.py", 3, 4)
SELECTION = Place("file:///ws/a.py", 3, 1, 5, 2)
METHOD = Target("a.py", 3, 5, "method", "Cart.price")


@pytest.mark.parametrize(
    ("prompt", "place", "at_hand", "examples"),
    [
        ("make it faster", CURSOR, METHOD, ["rename `price`", "add a parameter tax with default 0 to price", "who"]),
        ("make it faster", SELECTION, None, ["extract the selected code", "rename `total`", "who uses total?"]),
        ("make it faster", None, None, ["rename `total`", "who uses total?", "clean up the imports of basket.py"]),
        ("the imports are a mess", CURSOR, METHOD, ["organise imports", "rename `price`", "add a parameter"]),
        ("swap them around", None, None, ["reorder the parameters", "rename `total`", "who uses total?"]),
    ],
)
def test_the_nearest_three_examples_fit_the_words_and_the_place(
    prompt: str, place: Place | None, at_hand: Target | None, examples: list[str]
) -> None:
    found = nearest(prompt, place, at_hand)
    assert len(found) == 3
    assert [one.startswith(start) for one, start in zip(found, examples, strict=True)] == [True] * 3, found
    assert all(isinstance(read(one), Understood) for one in found)


async def test_what_is_not_understood_is_answered_in_a_few_lines() -> None:
    (text,) = await heard("make it faster")
    assert len(text.splitlines()) == 5
    assert text.endswith(f"Say `help` for all that I understand. {SETUP}")


def test_the_way_to_a_language_model_is_told() -> None:
    assert "--model" in REAL_SETUP
    assert "harness-bridge key set" in REAL_SETUP
