"""`harness-bridge demo`: a rename across a generated project, by the offline engine in the real daemon.

The person decides hunk by hunk; without a terminal the seed does. Then what stands is compared, byte for byte, with
what was accepted, and the project's own tests are run.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from shutil import rmtree
from time import perf_counter
from typing import Any

import anyio

from bridge.harness.workspace.uris import to_path, to_uri
from bridge.protocol.review import DecideReviewResponse, HunkOutcome, HunkView, ListReviewResponse
from bridge.protocol.update import HunkUpdate, SessionNotification
from bridge.surfaces.terminal.by_seed import BySeed
from bridge.surfaces.terminal.closing import NEXT, Story, figures, findings
from bridge.surfaces.terminal.deciding import Asker, Decider, Person
from bridge.surfaces.terminal.exits import Exit
from bridge.surfaces.terminal.keys import Keys
from bridge.surfaces.terminal.lsp_client import CAPABILITIES, LspClient, RequestFailed, daemon
from bridge.surfaces.terminal.output import Screen
from bridge.surfaces.terminal.run import interrupts
from bridge.surfaces.terminal.sample import Sample, make_sample
from bridge.surfaces.terminal.sample_check import Finding, Observed, standing
from bridge.surfaces.terminal.sample_run import run_tests
from bridge.surfaces.terminal.teller import Teller

DAEMON = (sys.executable, "-P", "-m", "bridge")
"""`-P`: the folder that the demo is started in may be anybody's project, with a folder named as our package."""

PACE_S = 0.08
"""Between two lines of the story, where somebody watches."""


class OverDaemon:
    """Implements Conversation on a daemon's session."""

    def __init__(self, client: LspClient, session: str) -> None:
        """`session` is open."""
        self._client = client
        self._session = session

    async def hunks(self) -> Sequence[HunkView]:
        """See the port."""
        found: list[HunkView] = []
        params = {"sessionId": self._session}
        while True:
            page = ListReviewResponse.parse(await self._client.request("harness/review/list", params))
            found += [hunk for hunk in page.hunks if hunk.decision is None]
            if page.next_cursor is None:
                return found
            params["cursor"] = page.next_cursor

    async def text(self, uri: str) -> str | None:
        """See the port."""
        buffer, path = self._client.buffers.get(uri), to_path(uri)
        if buffer is not None or path is None:
            return buffer.text if buffer else None
        return (await anyio.Path(path).read_bytes()).decode()

    async def decide(self, hunks: Sequence[str], accept: bool, reason: str) -> Sequence[HunkOutcome]:
        """See the port."""
        choice = {"verdict": "accept" if accept else "reject", **({"reason": reason} if reason else {})}
        params = {"decisions": [{"hunkId": known, **choice} for known in hunks]}
        return DecideReviewResponse.parse(await self._client.request("harness/review/decide", params)).outcomes

    async def shown(self, approval: str) -> None:
        """See the port."""
        await self._client.notify("harness/editor/shown", {"approvalId": approval})

    async def answer(self, approval: str, option: str, reason: str) -> None:
        """See the port."""
        params = {"approvalId": approval, "optionId": option, "reason": reason or None}
        await self._client.request("harness/permission/answer", params)

    async def cancel(self) -> None:
        """See the port."""
        await self._client.notify("harness/session/cancel", {"sessionId": self._session})


class Stage:
    """One showing: the sample on disk, the story on the screen."""

    def __init__(
        self, seed: int, screen: Screen, keys: Keys | None, *, paced: bool, command: Sequence[str] = DAEMON
    ) -> None:
        """Nothing is written yet. `asker` asks the person while a turn runs."""
        self.seed = seed
        self.screen = screen
        self.keys = keys
        self.sample = make_sample(seed)
        self.command = command
        self.asker: Asker | None = None
        self._paced = paced

    async def say(self, *lines: str) -> None:
        """Some lines of the story; one after another where somebody watches."""
        for line in lines:
            self.screen.line(line)
            if self._paced:
                await anyio.sleep(PACE_S)

    def head(self, text: str) -> str:
        """A heading."""
        return self.screen.palette.paint("head", text)

    def decider(self, root: Path) -> Decider:
        """The person, or the seed."""
        if self.keys is not None:
            return Person(self.keys, self.screen, root)
        texts = {path: text.splitlines() for path, text in standing(self.sample).items()}
        kept = {texts[place.path][place.line] for place in self.sample.places if place.kind == "docstring"}
        return BySeed(self.seed, self.screen, root, kept, paced=self._paced)


async def demo(seed: int, screen: Screen, keys: Keys | None, *, paced: bool, command: Sequence[str] = DAEMON) -> Exit:
    """Show it, check it; the folder stays only if the check fails. `command` starts the daemon."""
    stage = Stage(seed, screen, keys, paced=paced, command=command)
    ended = Exit.INTERRUPTED
    async with anyio.create_task_group() as group:

        def stop() -> None:
            """The turn, if one runs; else everything."""
            if stage.asker is None:
                group.cancel_scope.cancel()
            else:
                group.start_soon(stage.asker.stop)

        async with interrupts(stop, group.cancel_scope):
            ended = await _in_a_folder(stage)
        group.cancel_scope.cancel()
    screen.finish_line()
    return ended


async def _in_a_folder(stage: Stage) -> Exit:
    """Make the project, and remove it unless something failed."""
    folder = _make_folder()
    ended = Exit.INTERRUPTED
    try:
        _lay_out(stage.sample, folder)
        try:
            ended = await _show(stage, folder, folder / stage.sample.name)
        except* RequestFailed as failed:
            ended = Exit.FAILED
            stage.screen.line(stage.screen.palette.paint("bad", f"The daemon failed: {_first(failed)}"))
    finally:
        if ended is Exit.FAILED:
            stage.screen.line(f"Everything is left in {folder}; daemon.log is the daemon's.")
        else:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(rmtree, folder)
    return ended


def _make_folder() -> Path:
    """Resolved, as the daemon resolves it too."""
    return Path(tempfile.mkdtemp(prefix="harness-demo-")).resolve()


def _first(group: BaseExceptionGroup[RequestFailed]) -> RequestFailed:
    """The first of them, however deep."""
    first = group.exceptions[0]
    return first if isinstance(first, RequestFailed) else _first(first)


def _lay_out(sample: Sample, folder: Path) -> None:
    for name, raw in sample.files.items():
        path = folder / sample.name / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)


async def _show(stage: Stage, folder: Path, root: Path) -> Exit:
    sample = stage.sample
    story = Story(sample, root)
    await stage.say(
        stage.head(f"Harness Bridge: the demo, with seed {stage.seed}"),
        f"A made-up project, {len(sample.files)} files: {root}",
        f"{sample.opened} is open in a made-up editor, with a line typed and not saved:",
        stage.screen.palette.paint("new", f"{sample.at + 1:>6}  {sample.typed.rstrip()}"),
    )
    if stage.keys is None:
        await stage.say("No terminal: the seed decides on each hunk, and says how.")
    began = perf_counter()
    async with daemon(stage.command, folder / "daemon.log") as client:
        params = {"processId": None, "rootUri": to_uri(root), "capabilities": CAPABILITIES}
        await client.request("initialize", {**params, "initializationOptions": _options(folder)})
        story.times.initialize = perf_counter() - began
        await client.notify("initialized", {})
        opened = to_uri(root / sample.opened)
        await client.open(opened, sample.files[sample.opened].decode(), "python")
        await client.type(opened, sample.at, sample.typed)
        await stage.say("The daemon runs: python -m bridge, LSP on its stdin and stdout. No key, no network.", "")
        session = (await client.request("harness/session/new", {"cwd": str(root), "mcpServers": []}))["sessionId"]
        await stage.say(f"You ask: {sample.prompt}")
        await _turn(stage, story, client, session)
        story.times.total = perf_counter() - began
        found = await _look(stage, story, client)
    await _close(stage, story, found)
    return Exit.DONE if all(one.holds for one in found) else Exit.FAILED


def _options(folder: Path) -> dict[str, str]:
    """What the daemon is told: it writes below the folder alone."""
    return {"model": "offline", "stateDir": str(folder / "state")}


async def _turn(stage: Stage, story: Story, client: LspClient, session: str) -> None:
    """The prompt, with its hunks decided as they come."""
    conversation = OverDaemon(client, session)
    asker = Asker(conversation, stage.decider(story.root), stage.screen)
    teller = Teller(stage.screen, story.root, story.account)
    asked = perf_counter()

    def on_update(params: Any) -> None:
        update = SessionNotification.parse(params).update
        if isinstance(update, HunkUpdate):
            if not story.proposed:
                story.times.first_hunk = perf_counter() - asked
            story.proposed.setdefault(update.hunk.hunk_id, update.hunk)
        for listener in (story.account.on_update, teller.on_update, asker.on_update):
            listener(update)

    client.on_update = on_update
    prompt = {"sessionId": session, "prompt": [{"type": "text", "text": story.sample.prompt}]}
    async with anyio.create_task_group() as group:
        group.start_soon(asker.run)
        stage.asker = asker
        try:
            await client.request("harness/session/prompt", prompt)
        finally:
            stage.asker = None
        group.cancel_scope.cancel()
    stage.screen.finish_line()


async def _look(stage: Stage, story: Story, client: LspClient) -> list[Finding]:
    """What stands, then what the tests say once the person has saved."""
    opened = to_uri(story.root / story.sample.opened)
    seen = Observed(client.buffers[opened].text, await anyio.to_thread.run_sync(_files, story.root))
    await stage.say("", f"You save {story.sample.opened} and run the tests: python -m unittest")
    await client.save(opened)
    stage.screen.status("running the tests")
    tests = await run_tests(story.root)
    stage.screen.finish_line()
    return list(findings(story, seen, tests, sum(map(len, client.diagnostics.values()))))


def _files(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


async def _close(stage: Stage, story: Story, found: Sequence[Finding]) -> None:
    palette = stage.screen.palette
    marks = {True: palette.paint("good", "✓"), False: palette.paint("bad", "✗")}
    await stage.say("", stage.head("── Checked"), *(f"{marks[one.holds]} {one.text}" for one in found))
    rows = [f"{name:<10}{value}" for name, value in figures(story)]
    await stage.say("", stage.head("── In figures"), *rows, "")
    await stage.say(*NEXT.splitlines())
