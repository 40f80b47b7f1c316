"""`harness-bridge demo`: the real daemon on a generated project, a scripted model, and decisions of the person's.

Without a terminal the seed decides. Then what stands is compared, byte for byte, with what was accepted.
"""

import json
import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from time import perf_counter
from typing import Any

import anyio

from bridge.harness.workspace.uris import to_path, to_uri
from bridge.protocol.permission import ApprovalView
from bridge.protocol.review import DecideReviewResponse, HunkOutcome, HunkView, ListReviewResponse
from bridge.protocol.update import HunkUpdate, SessionNotification
from bridge.surfaces.terminal import paint
from bridge.surfaces.terminal.choices import Decision
from bridge.surfaces.terminal.deciding import Asker, Decider, Person
from bridge.surfaces.terminal.exits import Exit
from bridge.surfaces.terminal.keys import Keys
from bridge.surfaces.terminal.lsp_client import CAPABILITIES, LspClient, RequestFailed, daemon
from bridge.surfaces.terminal.output import Screen
from bridge.surfaces.terminal.run import interrupts
from bridge.surfaces.terminal.sample import Change, Sample, make_sample
from bridge.surfaces.terminal.sample_check import Finding, Observed, check, match
from bridge.surfaces.terminal.teller import Account, Teller

PACE_S = 0.08
"""Between two lines of the story, where somebody watches."""

REASONS = ("Leave this part as it is", "Not what I asked for", "I like the loop better")

NEXT = """\
Next: the same in your own editor. `pip install .` puts harness-bridge on your path. For Neovim 0.11, in init.lua:

    vim.lsp.config('harness', {
      cmd = { 'harness-bridge' },
      root_markers = { '.git' },
      init_options = { model = 'scripted', script = vim.fn.expand('~/script.json') },
    })
    vim.lsp.enable('harness')

Hunks are then diagnostics, and code actions accept or reject them. README.md has a script.json to begin with, and
other editors."""


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


class BySeed:
    """Decides by chance, the same for the same seed: at least one of each kind."""

    def __init__(self, seed: int, screen: Screen, root: Path) -> None:
        """Says what it decides on the screen."""
        self._chance = random.Random(f"decisions {seed}")
        self._plan = [Decision("accept"), Decision("reject"), Decision("reject", self._chance.choice(REASONS))]
        self._chance.shuffle(self._plan)
        self._screen = screen
        self._root = root

    async def on_hunk(self, hunk: HunkView, text: str | None) -> Decision:
        """See Decider."""
        self._screen.line()
        for line in paint.hunk_lines(hunk, text, self._root, self._screen.palette):
            self._screen.line(line)
        decision = self._plan.pop() if self._plan else Decision(self._chance.choice(("accept", "accept", "reject")))
        why = f", because: {decision.reason}" if decision.reason else ""
        self._screen.line(f"> by the seed: {decision.verb}{why}")
        return decision

    async def on_question(self, approval: ApprovalView) -> Decision:
        """See Decider. The sample asks nothing: whatever this is, it is a no."""
        return Decision("reject", "nobody was asked")


@dataclass(slots=True)
class Times:
    """Seconds."""

    initialize: float = 0.0
    first_hunk: float = 0.0
    total: float = 0.0


class Stage:
    """One showing: the sample on disk, the story on the screen."""

    def __init__(self, seed: int, screen: Screen, keys: Keys | None, *, paced: bool) -> None:
        """Nothing is written yet."""
        self.seed = seed
        self.screen = screen
        self.keys = keys
        self.sample = make_sample(seed)
        self.account = Account()
        self.times = Times()
        self._paced = paced

    async def say(self, *lines: str) -> None:
        """Some lines of the story; one after another where somebody watches."""
        for line in lines:
            self.screen.line(line)
            if self._paced:
                await anyio.sleep(PACE_S)

    def decider(self, root: Path) -> Decider:
        """The person, or the seed."""
        if self.keys is not None:
            return Person(self.keys, self.screen, root)
        return BySeed(self.seed, self.screen, root)


async def demo(seed: int, screen: Screen, keys: Keys | None, *, paced: bool) -> Exit:
    """Show it, check it; the folder stays only if the check fails."""
    stage = Stage(seed, screen, keys, paced=paced)
    folder = _lay_out(stage.sample)
    ended, problem = Exit.FAILED, ""
    try:
        ended = await _show(stage, folder, folder / stage.sample.name)
    except* RequestFailed as failed:
        problem = str(failed.exceptions[0])
    if problem:
        screen.line(screen.palette.paint("bad", f"The daemon failed: {problem}"))
    if ended is Exit.FAILED:
        screen.line(f"Everything is left in {folder}; daemon.log is the daemon's.")
    else:
        await anyio.to_thread.run_sync(rmtree, folder)
    return ended


def _lay_out(sample: Sample) -> Path:
    """A new folder with the project and the model's script."""
    folder = Path(tempfile.mkdtemp(prefix="harness-demo-")).resolve()
    for name, raw in sample.files.items():
        path = folder / sample.name / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    (folder / "script.json").write_text(json.dumps(sample.script), encoding="utf-8")
    return folder


async def _show(stage: Stage, folder: Path, root: Path) -> Exit:
    sample, screen = stage.sample, stage.screen
    await stage.say(
        screen.palette.paint("head", f"Harness Bridge: the demo, with seed {stage.seed}"),
        f"A made-up project, {len(sample.files)} files: {root}",
        f"{sample.opened} is open in a made-up editor, with a line typed and not saved.",
    )
    if stage.keys is None:
        await stage.say("No terminal: the seed decides on each hunk, and says how.")
    began = perf_counter()
    async with daemon((sys.executable, "-m", "bridge"), folder / "daemon.log") as client:
        options = {"model": "scripted", "script": str(folder / "script.json"), "stateDir": str(folder / "state")}
        params = {"processId": None, "rootUri": to_uri(root), "capabilities": CAPABILITIES}
        await client.request("initialize", {**params, "initializationOptions": options})
        stage.times.initialize = perf_counter() - began
        await client.notify("initialized", {})
        opened = to_uri(root / sample.opened)
        await client.open(opened, sample.files[sample.opened].decode(), "python")
        await client.type(opened, sample.at, sample.typed)
        await stage.say("The daemon runs: python -m bridge, LSP on its stdin and stdout.", "")
        session = (await client.request("harness/session/new", {"cwd": str(root), "mcpServers": []}))["sessionId"]
        await stage.say(f"You ask: {sample.prompt}")
        if not await _turn(stage, client, session, root):
            return Exit.INTERRUPTED
        stage.times.total = perf_counter() - began
        findings = await _findings(stage, client, root)
    await _close(stage, findings)
    return Exit.DONE if all(one.holds for one in findings) else Exit.FAILED


async def _turn(stage: Stage, client: LspClient, session: str, root: Path) -> bool:
    """The prompt, with its hunks decided as they come. False: a second Ctrl-C, leave at once."""
    conversation = OverDaemon(client, session)
    asker = Asker(conversation, stage.decider(root), stage.screen)
    teller = Teller(stage.screen, root)
    asked = perf_counter()

    def on_update(params: Any) -> None:
        update = SessionNotification.parse(params).update
        if isinstance(update, HunkUpdate) and not stage.account.hunks:
            stage.times.first_hunk = perf_counter() - asked
        for listener in (stage.account.on_update, teller.on_update, asker.on_update):
            listener(update)

    client.on_update = on_update
    prompt = {"sessionId": session, "prompt": [{"type": "text", "text": stage.sample.prompt}]}
    async with anyio.create_task_group() as group:

        def stop() -> None:
            group.start_soon(conversation.cancel)

        async with interrupts(stop, group.cancel_scope):
            group.start_soon(asker.run)
            await client.request("harness/session/prompt", prompt)
        group.cancel_scope.cancel()
    stage.screen.finish_line()
    return stage.account.ended is not None


async def _findings(stage: Stage, client: LspClient, root: Path) -> list[Finding]:
    """What stands, compared with what was accepted."""
    sample, planned = stage.sample, dict[str, Change | None]()
    for hunk in stage.account.hunks.values():
        path = to_path(hunk.uri)
        relative = path.relative_to(root).as_posix() if path is not None and path.is_relative_to(root) else hunk.uri
        planned[hunk.hunk_id] = match(sample, relative, hunk.old_text, hunk.new_text)
    accepted = [planned[hunk.hunk_id] for hunk in stage.account.decided("accepted")]
    disk = await anyio.to_thread.run_sync(_files, root)
    seen = Observed(client.buffers[to_uri(root / sample.opened)].text, disk)
    ended = stage.account.ended
    stop = ended.stop_reason if ended else "failed"
    words = {"end_turn": "the turn came to its end", "cancelled": "the turn was stopped"}
    over = Finding(stop in words, words.get(stop, f"the turn came to its end, not to {stop!r}"))
    known = Finding(None not in planned.values(), f"each of the {len(planned)} hunks is one that the script asked for")
    left = sum(map(len, client.diagnostics.values()))
    clean = Finding(left == 0, "no diagnostic of a hunk is left in the editor")
    return [over, known, *check(sample, [one for one in accepted if one is not None], seen), clean]


def _files(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


async def _close(stage: Stage, findings: Sequence[Finding]) -> None:
    palette = stage.screen.palette
    marks = {True: palette.paint("good", "✓"), False: palette.paint("bad", "✗")}
    await stage.say("", palette.paint("head", "── Checked"), *(f"{marks[one.holds]} {one.text}" for one in findings))
    rows = [f"{name:<10}{value}" for name, value in _table(stage)]
    await stage.say("", palette.paint("head", "── In figures"), *rows, "")
    await stage.say(*NEXT.splitlines())


def _table(stage: Stage) -> Sequence[tuple[str, str]]:
    account, sample, times = stage.account, stage.sample, stage.times
    reads = sum(call.kind == "read" for call in account.calls.values())
    searches = sum(call.kind == "search" for call in account.calls.values())
    accepted = account.decided("accepted")
    opened = sum((to_path(hunk.uri) or Path()).as_posix().endswith(sample.opened) for hunk in accepted)
    files = len({hunk.uri for hunk in account.hunks.values()})
    milliseconds, first, total = times.initialize * 1000, times.first_hunk, times.total
    return (
        ("read", f"{reads} files, {searches} search; one file with a line that was typed and never saved"),
        ("proposed", f"{len(account.hunks)} hunks in {files} file{'s'[: files > 1]}"),
        ("accepted", f"{len(accepted)}"),
        ("rejected", f"{len(account.decided('rejected'))}"),
        ("written", f"{opened} in the editor (not saved), {len(accepted) - opened} on the disk"),
        ("time", f"initialize {milliseconds:.0f} ms, first hunk after {first:.2f} s, {total:.1f} s in all"),
        ("cost", "$0.00: the scripted model is free"),
    )
