"""A daemon on a model service that the tests of a module share, and a session of each test's own in it."""

from collections.abc import Iterator

import pytest

from tests.support.model_server import ModelServer
from tests.support.on_model import OnModel


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnModel]:
    """A module that needs another one says so by a fixture of this name."""
    with ModelServer() as server, OnModel(tmp_path_factory.mktemp("daemon"), server) as on:
        yield on


@pytest.fixture
def on(daemon: OnModel) -> Iterator[OnModel]:
    """A session of its own."""
    yield daemon.anew()
    daemon.check()


@pytest.fixture
def server(on: OnModel) -> ModelServer:
    """Its model service."""
    assert on.server
    return on.server
