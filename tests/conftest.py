"""For every test: asyncio under anyio, and the account of the corpora; for what is measured, a quiet collector."""

import gc
from collections.abc import Iterator

import pytest

from tests.support.corpora import SHARED, CorpusAccount


@pytest.fixture
def anyio_backend() -> str:
    """`@pytest.mark.anyio` tests run on asyncio alone: pygls needs it."""
    return "asyncio"


@pytest.fixture(autouse=True)
def what_other_tests_left_is_not_measured(request: pytest.FixtureRequest) -> Iterator[None]:
    """The collector's walk over what thousands of tests have left in this process is no cost of what is measured."""
    measured = request.node.get_closest_marker("bench") is not None
    if measured:
        gc.collect()
        gc.freeze()
    yield
    if measured:
        gc.unfreeze()


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(CorpusAccount(SHARED))
