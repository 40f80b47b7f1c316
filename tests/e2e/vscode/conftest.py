"""One code-server and one Chromium for all of these tests, a new window and a workspace for each."""

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.nvim import Place
from tests.support.vscode import VsCode
from tests.support.vscode_host import VsCodeHost
from tests.support.vscode_install import Missing, installed, packaged

Opening = Callable[..., VsCode]
WINDOW = pytest.StashKey[VsCode]()


@pytest.fixture(scope="package")
def host() -> Iterator[VsCodeHost]:
    """The editor without a window. Where it can't run the tests are skipped; in CI that is a failure."""
    try:
        there, extension = installed(), packaged()
    except Missing as reason:
        if os.environ.get("CI"):
            pytest.fail(f"VS Code can't be tested here: {reason}")
        pytest.skip(f"VS Code can't be tested here: {reason}")
    with VsCodeHost(there, [extension]) as running:
        yield running


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """The folders."""
    return Place(tmp_path)


@pytest.fixture
def opened(host: VsCodeHost, place: Place, request: pytest.FixtureRequest) -> Iterator[Opening]:
    """Opens the window, with more of the person's settings where given, once the workspace has its files."""
    with ExitStack() as stack:

        def window(**settings: object) -> VsCode:
            one = request.node.stash[WINDOW] = VsCode(host, place, settings)
            return stack.enter_context(one)

        yield window


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test tells what was on the screen."""
    report = yield
    if report.when == "call" and report.failed and WINDOW in item.stash:
        report.sections.append(("What VS Code showed", item.stash[WINDOW].seen()))
    return report
