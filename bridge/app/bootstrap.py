"""The only composition root: builds a runtime from settings and what the surface brings."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
from platformdirs import site_config_path, user_config_path

from bridge.app.bus import Bus
from bridge.app.clock import SystemClock
from bridge.app.journal import SessionJournal
from bridge.app.models import ChosenModels
from bridge.app.process import LocalProcess
from bridge.app.process_commands import LocalCommands
from bridge.app.runtime import Runtime, Shared
from bridge.app.session import Parts
from bridge.app.settings import APP, Settings
from bridge.app.shell_reading import reader
from bridge.app.store import Store
from bridge.harness.cost.books import Caps
from bridge.harness.cost.prices import IN_PROCESS, KnownPrices
from bridge.harness.engine.gates import Limits
from bridge.harness.engine.request import Options
from bridge.harness.isolate import isolate
from bridge.harness.permissions.policy import Setting
from bridge.harness.ports.editor import Editor
from bridge.harness.session.blobs import DiskBlobs
from bridge.harness.tools.builtin.edit_file import EditFile
from bridge.harness.tools.builtin.find_usages import FindUsages
from bridge.harness.tools.builtin.glob import Glob
from bridge.harness.tools.builtin.grep import Grep
from bridge.harness.tools.builtin.list_dir import ListDir
from bridge.harness.tools.builtin.read_file import ReadFile
from bridge.harness.tools.builtin.refactor import Refactor
from bridge.harness.tools.builtin.shell import Shell
from bridge.harness.tools.builtin.write_file import WriteFile
from bridge.harness.tools.contract import Tool
from bridge.harness.tools.refactorer import Refactorer
from bridge.harness.tools.registry import Registry
from bridge.harness.tools.search import Ripgrep
from bridge.harness.workspace.applying import Outside
from bridge.harness.workspace.disk.files import DiskFiles
from bridge.harness.workspace.documents import Documents


def build_refactorer() -> Refactorer:
    """The refactoring workers; whoever builds them closes them."""
    process = LocalProcess()
    return Refactorer(process, Ripgrep(process))


def build_registry(refactorer: Refactorer) -> Registry:
    """The built-in tools."""
    ripgrep = Ripgrep(LocalProcess())
    looking: list[Tool[Any]] = [ReadFile(), ListDir(), Glob(ripgrep), Grep(ripgrep), FindUsages(refactorer)]
    return Registry([*looking, EditFile(), WriteFile(), Refactor(refactorer), Shell(LocalCommands(), os.environ)])


@asynccontextmanager
async def running(settings: Settings, editor: Editor, documents: Documents, bus: Bus) -> AsyncIterator[Runtime]:
    """A runtime that lives as long as the context; leaving it suspends what runs."""
    store = Store(settings.state_dir)
    blobs = DiskBlobs(store.blobs)

    def outside(journal: SessionJournal, root: Path) -> Outside:
        return Outside(journal, DiskFiles(root), documents, editor, blobs, settings.save)

    # Of our own: what was decided and said, and what the user and the organisation have set.
    own = (settings.state_dir, user_config_path(APP, appauthor=False), site_config_path(APP, appauthor=False))
    forbidden = tuple(folder.resolve() for folder in own)

    def setting(root: Path) -> Setting:
        return Setting(root, settings.mode, settings.rules, forbidden, read=reader(root, forbidden, os.environ))

    refactorer = build_refactorer()
    models = ChosenModels(settings)
    prices = KnownPrices(settings.prices, settings.base_url)
    parts = Parts(
        bus=bus,
        clock=SystemClock(),
        models=models,
        prices=prices,
        registry=build_registry(refactorer),
        setting=setting,
        outside=outside,
        limits=Limits(steps=settings.steps, seconds=settings.minutes * 60),
        caps=Caps(settings.budget, settings.token_budget),
        options=Options(settings.model, settings.effort, settings.fast),
        fallback=settings.fallback,
    )
    runtime: Runtime | None = None
    try:
        async with anyio.create_task_group() as group:
            runtime = Runtime(settings, Shared(bus, documents, store), parts, group)
            group.start_soon(_warm, models, prices)
            try:
                yield runtime
            finally:
                models.leave()
                group.cancel_scope.cancel()
    finally:
        await models.aclose()
        await refactorer.close()
        if runtime is not None:
            runtime.close()


async def _warm(models: ChosenModels, prices: KnownPrices) -> None:
    """A first prompt to a service does not wait for the SDK and the price list; without a service nothing is loaded."""
    if models.named("").name not in IN_PROCESS:
        with isolate("loading the model's client"):  # the first call says what is missing
            await models.warm()
            await anyio.to_thread.run_sync(prices.warm)
