"""The production daemon on bad input: every row of the corpus that is about LSP framing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.bridge_target import BridgeTarget
from tests.support.corpora import load_rows, ran
from tests.support.jsonrpc_corpus import CORPUS, NOT_APPLICABLE, Target, bring_to_state, needs_own_daemon, run_row
from tests.support.raw_client import RawClient

ROWS = [row for row in load_rows(CORPUS) if row["id"] not in NOT_APPLICABLE]


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Target:
    """The daemon with its folders."""
    folder: Path = tmp_path_factory.mktemp("bridge")
    return BridgeTarget(folder).target


@pytest.fixture(scope="module")
def shared_daemon(target: Target) -> Iterator[RawClient]:
    """One daemon for the rows after which it is as before."""
    with target.spawn() as client:
        yield client.ready()


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["id"]))
def test_the_bridge_meets_a_row_of_bad_input(row: dict[str, Any], target: Target, shared_daemon: RawClient) -> None:
    if needs_own_daemon(row):
        with target.spawn() as client:
            bring_to_state(client, row["state"])
            run_row(target, row, client)
    else:
        run_row(target, row, shared_daemon)
    ran(CORPUS, row["id"])
