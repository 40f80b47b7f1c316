"""For every test: asyncio under anyio, and the account of the corpora."""

import pytest

from tests.support.corpora import SHARED, CorpusAccount


@pytest.fixture
def anyio_backend() -> str:
    """`@pytest.mark.anyio` tests run on asyncio alone: pygls needs it."""
    return "asyncio"


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(CorpusAccount(SHARED))
