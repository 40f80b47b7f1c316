"""Tool calls joined from their pieces, however a server numbers them."""

import json
from typing import Any

import pytest

from bridge.harness.errors import ModelProblem
from bridge.harness.models.chat.calls import Calls
from bridge.harness.models.service.sse import ITEM_LIMIT

Json = dict[str, Any]


def piece(arguments: Any = None, name: str | None = None, **more: Any) -> Json:
    function = {key: value for key, value in (("name", name), ("arguments", arguments)) if value is not None}
    return {"function": function, **more}


def joined(*pieces: Any, cut: bool = False) -> list[tuple[str, str, str]]:
    """(id, name, arguments) of every call."""
    calls = Calls()
    found: list[Any] = []
    for one in pieces:
        calls.add(one)
        found += calls.finished()
    found += calls.rest(cut)
    return [(item["call_id"], item["name"], item["arguments"]) for item in found]


TWO = [("a", "read", '{"p":1}'), ("b", "grep", '{"q":2}')]

NUMBERINGS = {
    "by index, ids in the first piece": [
        piece("", "read", index=0, id="a"),
        piece('{"p"', index=0),
        piece(":1}", index=0),
        piece("", "grep", index=1, id="b"),
        piece('{"q":2}', index=1),
    ],
    "every number is 0": [
        piece('{"p":1}', "read", index=0, id="a"),
        piece('{"q":2}', "grep", index=0, id="b"),
    ],
    "no numbers, ids in every piece": [
        piece('{"p"', "read", id="a"),
        piece(":1}", id="a"),
        piece('{"q":2}', "grep", id="b"),
    ],
    "no numbers, ids in the first piece": [
        piece("", "read", id="a"),
        piece('{"p":1}'),
        piece("", "grep", id="b"),
        piece('{"q":2}'),
    ],
    "the name in every piece": [
        piece('{"p"', "read", index=0, id="a"),
        piece(":1}", "read", index=0, id="a"),
        piece('{"q":2}', "grep", index=1, id="b"),
        piece("", "grep", index=1, id="b"),
    ],
    "objects for arguments": [
        piece({"p": 1}, "read", index=0, id="a"),
        piece({"q": 2}, "grep", index=1, id="b"),
    ],
    "in turns": [
        piece('{"p"', "read", index=0, id="a"),
        piece('{"q"', "grep", index=1, id="b"),
        piece(":1}", index=0),
        piece(":2}", index=1),
    ],
    "numbers that begin with 1": [
        piece('{"p":1}', "read", index=1, id="a"),
        piece('{"q":2}', "grep", index=2, id="b"),
    ],
}


@pytest.mark.parametrize("pieces", NUMBERINGS.values(), ids=NUMBERINGS.keys())
def test_two_calls(pieces: list[Json]) -> None:
    found = joined(*pieces)
    assert [(id_, name, json.loads(arguments)) for id_, name, arguments in found] == [
        (id_, name, json.loads(arguments)) for id_, name, arguments in TWO
    ]


def test_without_numbers_and_ids_a_call_begins_where_a_name_does() -> None:
    found = joined(piece('{"p":1}', "read"), piece('{"p":2}', "read"), piece("", "grep"), piece('{"q":2}'))
    assert [each[1:] for each in found] == [("read", '{"p":1}'), ("read", '{"p":2}'), ("grep", '{"q":2}')]
    assert len({each[0] for each in found}) == 3


def test_ids_that_are_the_same_are_told_apart() -> None:
    found = joined(piece("{}", "read", index=0, id="call"), piece("{}", "grep", index=1, id="call"))
    assert found[0][0] == "call"
    assert found[1][0] not in {"", "call"}


def test_a_call_is_finished_when_the_next_one_begins() -> None:
    calls = Calls()
    calls.add(piece('{"p":1}', "read", index=0, id="a"))
    assert list(calls.finished()) == []
    calls.add(piece("", "grep", index=1, id="b"))
    assert [item["call_id"] for item in calls.finished()] == ["a"]
    assert [item["call_id"] for item in calls.rest(cut=True)] == []


def test_a_call_without_arguments_has_none() -> None:
    assert joined(piece(None, "list", index=0, id="a")) == [("a", "list", "{}")]


def test_of_an_answer_that_was_cut_the_call_that_is_not_whole_is_left_out() -> None:
    pieces = [piece('{"p":1}', "read", index=0, id="a"), piece('{"q"', "grep", index=1, id="b")]
    assert [each[0] for each in joined(*pieces, cut=True)] == ["a"]
    assert [each[2] for each in joined(*pieces)] == ['{"p":1}', '{"q"']


def test_what_is_no_piece_is_left_out() -> None:
    assert joined(None, "x", {}, {"function": None, "index": "0"}) == []


@pytest.mark.parametrize("index", [{"index": 0}, {}])
def test_a_call_that_comes_twice_is_one(index: Json) -> None:
    one, other = piece('{"p":1}', "read", id="a", **index), piece('{"p":2}', "read", id="b", **index)
    assert [each[0] for each in joined(one, one, other, other)] == ["a", "b"]
    pieces = [piece("", "read", id="a", **index), piece('{"p":1}', id="a", **index)]
    assert joined(*pieces, pieces[1]) == [("a", "read", '{"p":1}')]


def test_a_call_without_end_is_broken_off() -> None:
    calls, part = Calls(), "x" * (ITEM_LIMIT // 4)
    for _ in range(4):
        calls.add(piece(part, "read", index=0, id="a"))
    with pytest.raises(ModelProblem, match="longer than") as caught:
        calls.add(piece("x", index=0))
    assert caught.value.fault == "broken"
