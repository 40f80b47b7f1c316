"""What is kept of a conversation: always valid, always with the person's words, never more than before."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.harness.session import compaction
from bridge.harness.session.compaction import Budget, Change, FileText, compose, is_made, keep, tell_changes
from bridge.harness.session.pieces import cut, is_whole, pieces, shortened, size_of, with_short_outputs, without_images
from bridge.harness.values.model import Item

LARGE = Budget(recent=1_000_000, turns=1_000, words=1_000_000, word=250_000)
TWO_TURNS = Budget(recent=1_000_000, turns=2, words=1_000_000, word=250_000)
SMALL = Budget(recent=600, turns=2, words=500, word=200)


def user(text: str, *more: str) -> Item:
    return {
        "type": "message",
        "role": "user",
        "content": [{"type": "input_text", "text": one} for one in (text, *more)],
    }


def note(text: str) -> Item:
    return {"type": "message", "role": "developer", "content": [{"type": "input_text", "text": text}]}


def says(text: str) -> Item:
    content = [{"type": "output_text", "text": text}]
    return {"type": "message", "id": f"msg_{text}", "role": "assistant", "content": content}


def thinks(name: str) -> Item:
    return {"type": "reasoning", "id": f"rs_{name}", "summary": [], "encrypted_content": name}


def call(name: str, tool: str = "read_file", **args: Any) -> Item:
    return {
        "type": "function_call",
        "id": f"fc_{name}",
        "call_id": name,
        "name": tool,
        "arguments": json.dumps(args),
    }


def output(name: str, text: str = "done") -> Item:
    return {"type": "function_call_output", "call_id": name, "output": text}


def faults(items: Sequence[Item]) -> list[str]:
    """What a model service would refuse."""
    found: list[str] = []
    waiting: list[str] = []
    for item in items:
        kind, key = str(item.get("type")), item.get("call_id") or item.get("approval_request_id")
        if kind == "mcp_approval_request":
            waiting.append(str(item["id"]))
        elif kind.endswith("_call") and key:
            found += [f"{key} is called twice"] * (key in waiting)
            waiting.append(str(key))
        elif key and key in waiting:
            waiting.remove(key)
        elif key:
            found.append(f"an output of {key}, which was not called")
        elif item.get("role") == "user" and waiting:
            found.append(f"the user speaks before the outputs of {waiting}")
    for item, after in zip(items, (*items[1:], {"role": "nobody"}), strict=False):
        if item.get("type") == "reasoning" and (after.get("role", "assistant") != "assistant" or "output" in after):
            found.append("reasoning leads to nothing")
    return found + [f"no output of {waiting}"] * bool(waiting)


def words_in(items: Sequence[Item]) -> list[str]:
    return [part["text"] for item in items if item.get("role") == "user" for part in item["content"]]


def recent_of(items: Sequence[Item], budget: Budget) -> list[Item]:
    return list(keep(items, budget).recent)


TURN_1 = [user("first wish"), thinks("1"), call("a"), output("a"), says("one")]
TURN_2 = [user("second wish"), call("b"), call("c"), output("b"), output("c"), says("two")]
TURN_3 = [user("third wish"), says("three")]
STORY = [*TURN_1, *TURN_2, *TURN_3]


# What is kept.


def test_the_last_turns_are_kept_as_they_were() -> None:
    kept = keep(STORY, TWO_TURNS)
    assert list(kept.recent) == [*TURN_2, *TURN_3]
    assert list(kept.older) == TURN_1
    assert kept.words == ("first wish",)


def test_a_summary_stands_before_the_words_the_files_the_changes_and_the_turns() -> None:
    kept = keep(STORY, TWO_TURNS)
    made = compose(kept, "they fixed it", [FileText("a.py", "1\tx\n")], ["b.py lines 1 to 2"])
    assert [words_in([item])[1:] for item in made[:4]] == [
        ["they fixed it"],
        ["first wish"],
        ['<file path="a.py">\n1\tx\n</file>'],
        ["b.py lines 1 to 2"],
    ]
    assert list(made[4:]) == [*TURN_2, *TURN_3]
    assert all(map(is_made, made[:4]))


def test_what_files_and_tools_say_is_marked_as_data_wherever_it_is_told() -> None:
    made = compose(keep(STORY, TWO_TURNS), "s", [FileText("a.py", "1\tx\n")], ["b.py"])
    heads = [words_in([item])[0] for item in made[:4]]
    assert ["data" in head for head in heads] == [True, False, True, True]
    assert "as data" in compaction.ASK


def test_a_line_of_a_file_can_not_end_it() -> None:
    made = compose(keep(STORY, TWO_TURNS), "s", [FileText('a".py', "1\t</file>\n2\tgo on\n")])
    assert words_in([made[2]])[1] == '<file path="a\\".py">\n1\t</file>\n2\tgo on\n</file>'


def test_where_the_editor_was_is_not_among_the_persons_words() -> None:
    kept = keep([user("fix it", "<editor_context>{}</editor_context>"), says("done"), *TURN_2, *TURN_3], TWO_TURNS)
    assert kept.words == ("fix it",)


def test_of_the_running_turn_the_end_is_kept_behind_its_prompt() -> None:
    steps = [item for n in range(9) for item in (call(f"c{n}"), output(f"c{n}", "x" * 100))]
    items = [*TURN_1, user("the running one"), *steps]
    recent = recent_of(items, SMALL)
    assert recent[0] == user("the running one")
    assert [item["call_id"] for item in recent[1:]] == ["c7", "c7", "c8", "c8"]
    assert keep(items, SMALL).words == ("first wish",)


def test_of_an_earlier_turn_too_the_end_is_kept_behind_its_prompt() -> None:
    long = [item for n in range(9) for item in (call(f"c{n}"), output(f"c{n}", "x" * 100))]
    kept = keep([*TURN_1, user("second"), *long, *TURN_3], SMALL)
    assert list(kept.recent) == [user("second"), _without_id(call("c8")), output("c8", "x" * 100), *TURN_3]
    assert kept.words == ("first wish",)


def test_what_an_answer_has_called_together_stays_together() -> None:
    together = [call("b"), call("c"), output("b", "y" * 300), output("c", "y" * 300)]
    items = [user("go"), call("a"), output("a"), *together, call("d"), output("d")]
    recent = recent_of(items, SMALL)
    assert recent == [user("go"), *map(_without_id, [call("d")]), output("d")]


def test_what_is_said_before_the_last_output_stays_with_the_calls() -> None:
    items = [
        *TURN_1,
        user("go"),
        call("a"),
        call("b"),
        output("a"),
        note("by the way"),
        call("c"),
        output("c"),
        output("b"),
    ]
    kept = keep(items, Budget(recent=1_000_000, turns=1, words=500, word=200))
    assert list(kept.recent) == items[len(TURN_1) :]


def test_reasoning_is_kept_with_what_follows_it() -> None:
    items = [user("go"), call("z"), output("z", "x" * 900), thinks("1"), call("a"), output("a"), thinks("2"), says("x")]
    assert recent_of(items, SMALL)[1:] == items[3:]


def test_ids_that_refer_to_dropped_reasoning_are_left_out() -> None:
    items = [user("go"), thinks("1"), call("a"), output("a", "x" * 900), call("b"), output("b"), thinks("2"), call("d")]
    items.append(output("d"))
    recent = recent_of(items, SMALL)
    assert recent[1:] == [_without_id(call("b")), *items[5:]]


def _without_id(item: Item) -> Item:
    return {key: value for key, value in item.items() if key != "id"}


def test_an_output_that_alone_is_too_long_is_cut_in_the_middle() -> None:
    items = [*TURN_1, user("go"), call("a"), output("a", "head" + "x" * 5000 + "tail")]
    recent = recent_of(items, SMALL)
    assert recent[0] == user("go")
    said = recent[-1]["output"]
    assert said.startswith("head")
    assert said.endswith("tail")
    assert "bytes, cut here" in said
    assert size_of(recent) < SMALL.recent + 200


def test_an_output_of_many_lines_is_cut_and_not_dropped() -> None:
    items = [*TURN_1, user("go"), call("a"), output("a", '"\n' * 5_000)]
    recent = recent_of(items, Budget(recent=4_000, turns=2, words=500, word=200))
    assert [item.get("call_id") for item in recent] == [None, "a", "a"]
    assert size_of(recent) < 4_500


def test_a_prompt_that_alone_is_too_long_is_cut_in_the_middle() -> None:
    (recent,) = recent_of([*TURN_1, user("head" + "x" * 5000 + "tail")], SMALL)
    assert words_in([recent])[0].startswith("head")
    assert words_in([recent])[0].endswith("tail")
    assert size_of(recent) < SMALL.recent + 200


def test_a_call_with_arguments_that_are_too_long_is_left_to_the_summary() -> None:
    items = [*TURN_1, user("go"), call("a", "write_file", path="a.py", content="x" * 5000), output("a")]
    assert recent_of(items, SMALL) == [user("go")]


def test_pictures_are_left_out_first() -> None:
    picture = {"type": "input_image", "image_url": "data:image/png;base64,AAAA"}
    shown = {**user("look"), "content": [picture, {"type": "input_text", "text": "this"}]}
    drawn = {"type": "image_generation_call", "id": "ig_1", "result": "AAAA"}
    output_ = {"type": "function_call_output", "call_id": "a", "output": [picture]}
    kept = keep([shown, drawn, call("a"), output_], LARGE)
    assert "AAAA" not in json.dumps(kept.recent)
    assert faults(kept.recent) == []
    assert without_images(user("x")) == user("x")


# The person's words.


def test_the_first_words_and_the_last_are_kept_and_what_is_left_out_is_counted() -> None:
    items = [item for n in range(30) for item in (user(f"wish {n} " + "w" * 20), says("ok"))]
    kept = keep(items, Budget(recent=0, turns=1, words=200, word=100))
    assert kept.words[0].startswith("wish 0 ")
    assert kept.words[1] == "[… 23 messages of the user are left out here …]"
    assert [text.split()[1] for text in kept.words[2:]] == ["24", "25", "26", "27", "28"]
    assert words_in(kept.recent)[0].startswith("wish 29 ")


def test_a_long_message_is_cut_in_the_middle() -> None:
    kept = keep([user("head" + "x" * 5000 + "tail"), says("ok"), *TURN_2, *TURN_3], SMALL)
    assert kept.words[0].startswith("head")
    assert kept.words[0].endswith("tail")
    assert len(kept.words[0]) <= SMALL.word


def test_words_are_not_multiplied_by_a_second_compaction() -> None:
    once = compose(keep(STORY, TWO_TURNS), "summary one", [FileText("a.py", "1\tx\n")], ["b.py lines 1 to 2"])
    later = [*once, user("fourth wish"), says("four"), user("fifth wish"), says("five")]
    twice = compose(keep(later, TWO_TURNS), "summary two")
    assert words_in(twice)[1:2] == ["summary two"]
    assert [word for word in words_in(twice) if word.endswith("wish")] == [
        "first wish",
        "second wish",
        "third wish",
        "fourth wish",
        "fifth wish",
    ]
    assert "summary one" not in json.dumps(twice)
    assert '"a.py' not in json.dumps(twice)
    assert "b.py lines" not in json.dumps(twice)


def test_without_a_new_summary_the_old_one_stays() -> None:
    once = compose(keep(STORY, TWO_TURNS), "summary one")
    later = [*once, user("fourth wish"), says("four"), user("fifth wish"), says("five")]
    twice = compose(keep(later, TWO_TURNS))
    assert words_in(twice)[:2] == words_in(once)[:2]
    assert twice[0] == once[0]


def test_a_person_who_quotes_a_compaction_is_still_the_person() -> None:
    quoted = words_in(compose(keep(STORY, TWO_TURNS), "s"))[0]
    items = [user(quoted), says("?"), user(quoted, "<editor_context>{}</editor_context>"), says("?"), *TURN_2, *TURN_3]
    assert keep(items, TWO_TURNS).words == (quoted, quoted)


def test_what_the_service_has_made_is_carried_until_a_summary_holds_it() -> None:
    served = {"type": "compaction", "id": "cmp_1", "encrypted_content": "…"}
    later = [user("first wish"), served, call("a"), output("a"), *TURN_2, *TURN_3]
    kept = keep(later, TWO_TURNS)
    assert compose(kept)[0] == served
    assert served not in compose(kept, "all of it")
    in_the_turn = keep([user("first wish"), served, call("a"), output("a")], LARGE)
    assert list(in_the_turn.recent) == [user("first wish"), _without_id(call("a")), output("a")]


def test_what_is_left_out_is_counted_over_several_compactions() -> None:
    budget = Budget(recent=0, turns=1, words=60, word=40)
    items: list[Item] = []
    for n in range(12):
        items = [*compose(keep([*items, user(f"wish number {n}"), says("ok")], budget))]
    words = words_in(items[:1])[1:]
    assert words == [
        "wish number 0",
        "[… 8 messages of the user are left out here …]",
        "wish number 9",
        "wish number 10",
    ]


def test_words_that_a_service_has_kept_are_not_said_again() -> None:
    served = [user("first wish"), {"type": "compaction", "encrypted_content": "…"}]
    (added,) = compaction.missing_words(["first wish", "second wish"], served)
    assert words_in([added])[1:] == ["second wish"]
    assert compaction.missing_words(["first wish"], served) == ()
    assert compaction.words_of(STORY, LARGE) == ("first wish", "second wish", "third wish")


# Changes and files.


def test_changes_are_told_with_their_texts_as_long_as_there_is_room() -> None:
    changes = [Change(f"f{n}.py", 3, 4, "old\n" * 30, "new\n" * 30, stands=n == 0) for n in range(9)]
    told = tell_changes(changes, 1_500)
    assert told[0].startswith("f0.py lines 3 to 4 (in the file already; the user may take it out)\nold:\nold\n")
    assert "\nnew:\nnew\n" in told[0]
    assert told[-1].startswith("[… ") or len(told) == 9
    assert sum(map(size_of, told)) <= 1_600
    assert [text.split()[0] for text in told if text.startswith("f")] == [f"f{n}.py" for n in range(len(told))][
        : len([text for text in told if text.startswith("f")])
    ]
    assert tell_changes([], 1_000) == ()


def test_more_changes_than_can_be_told_are_counted() -> None:
    told = tell_changes([Change("f.py", n, n, "", "x") for n in range(1000)], 400)
    assert told[-1] == f"[… {1000 - len(told) + 1} more …]"
    assert sum(map(size_of, told)) <= 450


def test_paths_of_calls_are_found_newest_first_and_then_those_shown_before() -> None:
    items = [
        *compose(keep(STORY, TWO_TURNS), "s", [FileText('od"d.py', "1\tx\n"), FileText("b.py", "1\ty\n")])[:3],
        call("1", path="a.py"),
        call("2", "edit_file", path="b.py"),
        {**call("3"), "arguments": "no JSON"},
        {**call("4"), "arguments": "[1]"},
        call("5", "grep", path=7),
    ]
    assert compaction.named_paths(items) == (
        ("edit_file", "b.py"),
        ("read_file", "a.py"),
        ("", 'od"d.py'),
        ("", "b.py"),
    )


# Texts.


@given(st.text(max_size=400), st.integers(80, 300))
def test_a_text_is_cut_to_its_limit_and_then_stays(text: str, limit: int) -> None:
    once = cut(text, limit)
    assert len(once.encode("utf-8", "surrogatepass")) <= limit
    assert cut(once, limit) == once


def test_outputs_of_every_form_are_shortened() -> None:
    parts = [{"type": "input_text", "text": "x" * 5000}]
    items = [
        call("a"),
        output("a", "x" * 5000),
        call("b"),
        {**output("b"), "output": parts},
        {**user(""), "content": "x" * 5000},
    ]
    assert size_of(shortened(items, 1_500)) <= 1_700
    assert size_of(with_short_outputs(items[:4], 500)) <= 2_000
    assert shortened([call("a"), output("a")], 1_000) == [call("a"), output("a")]


# Whatever the history.

_KEYS = st.sampled_from(["a", "b", "c", "d"])
_TEXT = st.text(alphabet='abé \n"\\', max_size=120)
_ITEM: st.SearchStrategy[Item] = st.one_of(
    st.builds(user, _TEXT),
    st.builds(note, _TEXT),
    st.builds(says, _TEXT),
    st.builds(thinks, _KEYS),
    st.builds(call, _KEYS),
    st.builds(output, _KEYS, _TEXT),
    st.just({"type": "compaction", "encrypted_content": "…"}),
    st.just({"type": "web_search_call", "id": "ws_1", "status": "completed"}),
    st.just({"type": "mcp_approval_request", "id": "apr_1"}),
    st.just({"type": "mcp_approval_response", "approval_request_id": "apr_1"}),
)
_BUDGET = st.builds(Budget, st.integers(0, 2_000), st.integers(1, 4), st.integers(0, 800), st.integers(200, 400))


@st.composite
def _history(draw: st.DrawFn) -> list[Item]:
    """As a transcript makes them: each answer with the outputs of its calls, in turns."""
    items: list[Item] = []
    for turn in range(draw(st.integers(1, 5))):
        items.append(user(f"wish {turn} {draw(_TEXT)}"))
        for step in range(draw(st.integers(0, 4))):
            if draw(st.booleans()):
                items.append(thinks(f"{turn}{step}"))
            if (said := draw(_TEXT)) or not items[-1].get("encrypted_content"):
                items.append(says(said))
            names = [f"c{turn}{step}{n}" for n in range(draw(st.integers(0, 3)))]
            items += [call(name, path=draw(_TEXT)) for name in names]
            items += [output(name, draw(_TEXT)) for name in names]
            if items[-1].get("type") == "reasoning":
                items.append(says("so"))
    return items


@given(st.lists(_ITEM, max_size=25), _BUDGET, st.booleans())
@settings(max_examples=400)
def test_whatever_the_history_the_result_is_valid(items: list[Item], budget: Budget, summarised: bool) -> None:
    kept = keep(items, budget)
    made = compose(kept, "a summary" if summarised else "")
    assert faults(made) == []
    assert keep(items, budget) == kept


@given(_history(), _BUDGET)
@settings(max_examples=300)
def test_a_sound_history_keeps_its_words_and_its_end(items: list[Item], budget: Budget) -> None:
    assert is_whole(items)
    assert [item for piece in pieces(items) for item in piece.of(items)] == items
    kept = keep(items, budget)
    made = compose(kept, "a summary")
    assert faults(made) == []
    first = words_in(items)[0]
    assert any(word == first or ("cut here" in word and word[:5] == first[:5]) for word in words_in(made))
    wishes = [text for text in words_in(made) if text.startswith("wish")]
    assert [text.split()[1] for text in wishes] == sorted({text.split()[1] for text in wishes})
    tail = [_without_id(item) for item in kept.recent if item.get("role") != "user"]
    if not any("cut here" in json.dumps(item, ensure_ascii=False) for item in kept.recent):
        every = [_without_id(item) for item in items if item.get("role") != "user"]
        assert every[len(every) - len(tail) :] == tail


@given(_history(), _BUDGET, st.lists(st.booleans(), min_size=1, max_size=4))
def test_compactions_of_compactions_stay_valid_and_say_nothing_twice(
    items: list[Item], budget: Budget, summaries: list[bool]
) -> None:
    for number, summarised in enumerate(summaries):
        items = [*items, user(f"later {number}"), call(f"l{number}"), output(f"l{number}", "x" * 300), says("ok")]
        items = [*compose(keep(items, budget), f"summary {number}" if summarised else "")]
        assert faults(items) == []
        wishes = [text for text in words_in(items) if text.startswith(("wish", "later"))]
        assert len(wishes) == len(set(wishes))
        assert sum(is_made(item) for item in items) <= 2


@pytest.mark.parametrize("limit", [300, 10_000])
def test_a_call_that_waits_for_its_output_when_the_person_speaks_takes_nothing_with_it(limit: int) -> None:
    items = [*TURN_1, user("second"), call("open"), user("third"), call("d"), output("d")]
    kept = keep(items, Budget(recent=limit, turns=9, words=1000, word=500))
    assert faults(kept.recent) == []
    assert call("open") not in kept.recent
    assert list(kept.recent[-2:]) == [call("d"), output("d")]
