"""Refactorings by rule: a warm worker process for each workspace, asked about what the session sees."""

from collections.abc import Callable, Sequence
from pathlib import Path
from sys import executable

import anyio
import anyio.to_thread

from bridge.harness.errors import ToolInputError
from bridge.harness.ports.process import Child, ChildEnded, Process
from bridge.harness.refactoring.values import (
    PYTHON,
    SCRIPT,
    Answer,
    Ask,
    Refused,
    Request,
    path_of,
)
from bridge.harness.refactoring.wire import BadLine, Reply, decode, encode
from bridge.harness.tools.contract import Context
from bridge.harness.tools.found import doing, refusal_text
from bridge.harness.tools.search import Ripgrep
from bridge.harness.values.policy import Subj

WORKER = (executable, "-P", "-m", "bridge.harness.refactoring.worker")
"""`-P`: no module is taken from the folder that it runs in."""

LIMIT_S = 30.0
"""Seconds that one request may take. The slowest that was measured, renaming over a thousand files, takes a few."""


class Refactorer:
    """One for the daemon. Workers start when first needed, and end by themselves after some time without a request."""

    def __init__(
        self, process: Process, ripgrep: Ripgrep, limit: float = LIMIT_S, worker: Sequence[str] = WORKER
    ) -> None:
        """`limit` is in seconds, for one request."""
        self._process = process
        self._ripgrep = ripgrep
        self._limit = limit
        self._worker = tuple(worker)
        self._workers: dict[Path, _Worker] = {}

    async def ask(self, context: Context, ask: Ask) -> Answer:
        """What the worker answers, about buffers and pending work over the disk.

        ToolInputError where it refuses, takes too long, or dies: then with what to do next.
        """
        root = context.workspace.root
        files, texts = await self._sources(context, path_of(ask))
        worker = self._workers.setdefault(root, _Worker(self._process, self._worker))
        async with worker.lock:
            answer: Answer | None = None
            with anyio.move_on_after(self._limit):
                answer = await worker.ask(str(root), files, texts, ask)
        if answer is None:
            raise ToolInputError(
                f"{doing(ask)} took longer than {self._limit:g} s and was stopped; nothing was changed",
                hint="Ask for less at once, such as a name with its path; or make the change file by file.",
            )
        if isinstance(answer, Refused):
            raise ToolInputError(refusal_text(answer), hint="")
        return answer

    async def close(self) -> None:
        """End all workers."""
        with anyio.CancelScope(shield=True):
            for worker in self._workers.values():
                await worker.end()
        self._workers.clear()

    async def _sources(self, context: Context, named: str) -> tuple[tuple[str, ...], dict[str, str]]:
        """The source files that may be looked into, and the texts that stand before the disk's; paths from the root.

        A file that git ignores is there only if it is named. An open document may well be one: a library's.
        ToolInputError where there are more files than can be listed: half a project is not refactored.
        """
        root = context.workspace.root
        listed, more = await self._ripgrep.files(root)
        if more:
            raise ToolInputError("there are more files here than can be looked through", hint="Use edit_file.")
        texts = await context.workspace.overlay()

        def choose() -> tuple[tuple[str, ...], dict[str, str]]:
            hidden = _hidden(context)
            on_disk = {_relative(path, root) for path in listed if path.name.endswith(PYTHON + SCRIPT)}
            shown = {path for path in on_disk if not hidden(path)}
            if named and (root / named).is_file() and not hidden(named):
                shown.add(named)
            over = {
                path: text
                for path, text in texts.items()
                if path.endswith(PYTHON + SCRIPT) and (path in shown or not ((root / path).exists() or hidden(path)))
            }
            return tuple(sorted(shown)), over

        return await anyio.to_thread.run_sync(choose)


class _Worker:
    """The worker of one workspace. `lock` is held for one request at a time."""

    def __init__(self, process: Process, argv: Sequence[str]) -> None:
        self.lock = anyio.Lock()
        self._process = process
        self._argv = argv
        self._child: Child | None = None
        self._number = 0

    async def ask(self, root: str, files: tuple[str, ...], texts: dict[str, str], ask: Ask) -> Answer:
        """One exchange. Whatever stops it halfway, cancellation too, ends the process; the next call starts another."""
        self._number += 1
        request = Request(self._number, root, files, texts, ask)
        line = await anyio.to_thread.run_sync(encode, request)
        reply: Reply | None = None
        try:
            answered = await self._exchange(line, Path(root).anchor)
            answer = await anyio.to_thread.run_sync(decode, Reply, answered)
            if answer.id != self._number:
                raise BadLine(f"an answer to {answer.id}, not to {self._number}")
            reply = answer
        except (ChildEnded, BadLine) as problem:
            raise ToolInputError(
                f"{doing(ask)}: the process that does it broke down ({problem}); nothing was changed",
                hint="Try once more; if it happens again, make the change by hand.",
            ) from problem
        finally:
            if reply is None:
                await self.end()
        return reply.answer

    async def _exchange(self, line: bytes, folder: str) -> bytes:
        """A worker that has ended in peace, having had nothing to do for long, is replaced by another."""
        if self._child is not None and not self._child.ended:
            try:
                return await self._child.ask(line)
            except ChildEnded as ended:
                if ended.code != 0:
                    raise
        await self.end()
        self._child = await self._process.start(self._argv, Path(folder))
        return await self._child.ask(line)

    async def end(self) -> None:
        """End the process, if there is one."""
        child, self._child = self._child, None
        if child is not None:
            await child.end()


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _hidden(context: Context) -> Callable[[str], bool]:
    """Tells of a path from the root whether it is hidden.

    As it was listed by a walk that follows no link, it lies where its name says below the root: only that is looked up.
    """
    root, real = context.workspace.root, context.workspace.root.resolve()
    return lambda path: context.hidden(Subj("read", str(root / path), str(real / path), inside=True))
