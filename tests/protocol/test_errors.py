"""The error catalogue is whole, stays out of the ranges that LSP reserves, and tells what is wrong."""

from typing import get_args

import pytest
from pydantic import ValidationError

from bridge.harness import errors as harness_errors
from bridge.protocol import errors, session
from bridge.protocol.base import strict

LSP_RESERVED = (range(-32899, -32799), range(-32099, -31999))
"""Codes of JSON-RPC and of LSP that implementers may not assign: -32899 … -32800 and -32099 … -32000."""
ASSIGNED_BY_LSP = {-32002, -32800, -32803}


def kinds() -> tuple[str, ...]:
    annotated = errors.ErrorKind.__value__
    return get_args(get_args(annotated)[0])


def test_every_kind_has_one_row_and_every_row_a_kind() -> None:
    assert sorted(row.kind for row in errors.CATALOGUE) == sorted(kinds())
    assert len(errors.BY_KIND) == len(errors.CATALOGUE)


@pytest.mark.parametrize("row", errors.CATALOGUE, ids=lambda row: row.kind)
def test_a_row_says_what_happened_and_what_to_do_next(row: errors.ErrorRow) -> None:
    assert row.sentence.endswith(".")
    assert row.hint.endswith(".")


@pytest.mark.parametrize("row", errors.CATALOGUE, ids=lambda row: row.kind)
def test_no_code_is_made_up_inside_of_lsps_reserved_ranges(row: errors.ErrorRow) -> None:
    assert row.code in ASSIGNED_BY_LSP or not any(row.code in reserved for reserved in LSP_RESERVED)


def test_only_request_failed_is_shared_by_several_kinds() -> None:
    others = [row.code for row in errors.CATALOGUE if row.code != errors.REQUEST_FAILED]

    assert len(others) == len(set(others))


def test_an_error_carries_its_kind_and_hint() -> None:
    written = errors.response_error("unknown_session", "There is no session 01K9.").dump()

    assert written == {
        "code": -32803,
        "message": "There is no session 01K9.",
        "data": {"kind": "unknown_session", "hint": "List the sessions, and load one, or open a new one."},
    }


def test_an_error_without_details_says_the_catalogues_sentence() -> None:
    assert errors.response_error("disk_full").message == "The disk is full."


def test_wrong_params_are_told_field_by_field_without_their_values() -> None:
    with strict(), pytest.raises(ValidationError) as refused:
        session.PromptRequest.parse({"sessionId": 5, "prompt": [{"type": "text", "text": ["s3cret"]}]})

    error = errors.invalid_params(refused.value)

    assert error.code == -32602
    assert [field.path for field in error.data.errors or ()] == ["sessionId", "prompt.0.text.text"]
    assert "s3cret" not in str(error.dump())


def test_whatever_the_harness_raises_has_a_row() -> None:
    assert set(get_args(harness_errors.Kind)) <= set(errors.BY_KIND)


def test_a_message_that_is_wrong_all_over_gets_a_bounded_answer() -> None:
    with pytest.raises(ValidationError) as refused:
        session.PromptRequest.parse({"sessionId": "s", "prompt": [5] * 10_000})

    assert len(errors.invalid_params(refused.value).data.errors or ()) == errors.MAX_FIELD_PROBLEMS
