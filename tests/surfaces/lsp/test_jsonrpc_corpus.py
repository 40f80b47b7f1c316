"""Every row of the jsonrpc corpus that is about LSP framing, against a real process with a stub surface."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.corpora import load_rows, ran
from tests.support.jsonrpc_corpus import CORPUS, NOT_APPLICABLE, bring_to_state, needs_own_daemon, run_row
from tests.support.raw_client import RawClient
from tests.support.stub_target import STUB_TARGET

ROWS = load_rows(CORPUS)
APPLICABLE = [row for row in ROWS if row["id"] not in NOT_APPLICABLE]


@pytest.fixture(scope="module")
def shared_daemon() -> Iterator[RawClient]:
    """One daemon for the rows after which it is as before."""
    with STUB_TARGET.spawn() as client:
        yield client.ready()


@pytest.mark.parametrize("row", APPLICABLE, ids=lambda row: str(row["id"]))
def test_a_row_of_bad_input_is_met_as_the_corpus_expects(row: dict[str, Any], shared_daemon: RawClient) -> None:
    if needs_own_daemon(row):
        with STUB_TARGET.spawn() as client:
            bring_to_state(client, row["state"])
            run_row(STUB_TARGET, row, client)
    else:
        run_row(STUB_TARGET, row, shared_daemon)
    ran(CORPUS, row["id"])


def test_the_rows_left_out_are_those_of_the_other_framing() -> None:
    assert {row["id"] for row in ROWS if row["framing"] == "ndjson"} == set(NOT_APPLICABLE)
