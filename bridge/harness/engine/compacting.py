"""When a conversation is compacted, and by whom: the service, else the model, else a rule."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bridge.harness.cost.books import Books, Call
from bridge.harness.engine.filling import DUE, Filling, limit_of
from bridge.harness.engine.recover import Failure, Tries, Wait, recover
from bridge.harness.engine.rereading import read_again
from bridge.harness.engine.summary import Summary, ask_for_summary
from bridge.harness.errors import ModelFault, ModelProblem
from bridge.harness.ids import TurnId
from bridge.harness.ports.clock import Clock
from bridge.harness.ports.journal import Journal
from bridge.harness.ports.model import Model
from bridge.harness.session import compaction
from bridge.harness.session.compaction import Budget, Change, FileText, Kept
from bridge.harness.session.pieces import cut, is_whole, size_of, with_short_outputs
from bridge.harness.tools.contract import Context
from bridge.harness.tools.registry import Registry
from bridge.harness.values.events import Compacted, CompactionCause, Event, Retried, StepStarted
from bridge.harness.values.model import Item, ModelRequest
from bridge.harness.values.usage import Spent, Usage
from bridge.harness.workspace.uris import to_path
from bridge.harness.workspace.views import HunkView

GROWTH = 0.1
"""Share of the window by which a conversation has to grow before it is tried again: else each step could compact."""

USUAL_WINDOW = 128_000
"""Tokens, where a model's window is not known and the person asks."""

RECENT, RECENT_TURNS = 0.2, 2
"""The recent turns beside a summary: share of the window, and how many."""

RECENT_ALONE, ALL_TURNS = 0.5, 1_000_000
"""The same where there is no summary, and in what a summary is made from where the whole can't be sent."""

WORDS, WORDS_SHARE = 20_000, 0.1
"""Tokens of the person's words, and in small windows the share of them. One message has a quarter of it at most."""

CHANGES, CHANGES_SHARE = 5_000, 0.05
"""The same of undecided changes."""

FILES, FILES_SHARE = 50_000, 0.2
"""The same of files that are read again (systems.md §6)."""

FILE, FEWEST_FILES = 5_000, 3
"""Tokens of one file (systems.md §6); in small windows so many share what there is."""

SUMMARY = 8_000
"""Tokens of a summary at most: far more than the words that it is asked to have."""

LEAST_GAIN, LEAST_ROOM = 0.1, 4_000
"""What has to be won, as a share of the history and in bytes: less is not worth that the prompt cache is lost."""

AWAY: frozenset[ModelFault] = frozenset(
    {"auth", "setup", "quota", "gone", "network", "rate_limited", "server", "timeout"}
)
"""A service that can't be had. A conversation that still fits is left alone then: the next call says what is wrong."""

SHORT_OUTPUT = 2_000
"""Bytes that each tool's output has at least in what a summary is made from, where the whole can't be sent."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a session's compactor works with. `changes` are the hunks that are not settled (`Reviewer.views`).

    `luck` gives random numbers from 0 to 1.
    """

    journal: Journal
    context: Context
    registry: Registry
    changes: Callable[[], Sequence[HunkView]]
    books: Books
    clock: Clock
    luck: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True)
class Scale:
    """How large the conversation is: tokens in all; bytes beside the items, and bytes of them.

    `window` is in tokens.
    """

    tokens: int
    head: int
    items: int
    window: int

    def bytes_of(self, tokens: float) -> int:
        """By the ratio of this conversation."""
        return int(tokens * (self.head + self.items) / self.tokens)

    def share(self, tokens: int, share: float) -> int:
        """Bytes of so many tokens, and at most of that share of the window."""
        return self.bytes_of(min(tokens, self.window * share))

    def tokens_with(self, items: int) -> int:
        """Tokens in all, were the items so many bytes."""
        return self.tokens * (self.head + items) // (self.head + self.items)

    def budget(self, recent: float, turns: int) -> Budget:
        """What is kept; `recent` is the share of the window that the recent turns may have."""
        words = self.share(WORDS, WORDS_SHARE)
        return Budget(self.bytes_of(self.window * recent), turns, words, words // 4)

    def room_beside(self, items: Sequence[Item]) -> int:
        """Bytes that are won by keeping these alone; 0 where it is not worth it."""
        room = self.items - size_of(items)
        return room if room >= max(LEAST_ROOM, self.items * LEAST_GAIN) else 0


@dataclass(frozen=True, slots=True)
class Task:
    """A compaction to be made: of `request`, as sent to `model`. `kept` stays in any case, `room` is what that wins."""

    turn: TurnId | None
    cause: CompactionCause
    request: ModelRequest
    model: Model
    scale: Scale
    kept: Kept
    room: int

    @property
    def tier(self) -> str:
        """The service tier that is asked for."""
        return "priority" if self.request.fast else ""


@dataclass(frozen=True, slots=True)
class Made:
    """The new history, who made it, and how many tokens it is."""

    by: Literal["service", "model", "rule"]
    items: tuple[Item, ...]
    files: tuple[FileText, ...]
    tokens: int


class Compactor:
    """One session's. An owner: the session's journal has it fold each event, by which it knows how full the window is.

    A call of `if_due` or `now` that is cancelled leaves everything as it was. Calls that had ended by then, and those
    of a compaction that came to nothing, are on the bill of the next one.
    """

    def __init__(self, parts: Parts) -> None:
        """Of the same session."""
        self._parts = parts
        self._filling = Filling(parts.books)
        self._tried_at = 0
        self._step = 0
        self._unbilled: list[Summary] = []

    def fold(self, event: Event) -> None:
        """Take in one event."""
        self._filling.fold(event)
        match event:
            case StepStarted(step=step):
                self._step = step
            case Compacted(after=after):
                self._tried_at = after or 0

    async def if_due(self, turn: TurnId | None, request: ModelRequest, model: Model) -> bool:
        """Compact where the window is nearly full. True: the history is another one, build the request anew."""
        limit, window = limit_of(model.info), model.info.window
        if limit is None or window is None:
            return False
        if self._filling.tokens(request, model.name) <= max(limit, self._tried_at + window * GROWTH):
            return False
        return await self.now(turn, "window", request, model) is not None

    async def now(
        self, turn: TurnId | None, cause: CompactionCause, request: ModelRequest, model: Model
    ) -> Compacted | None:
        """Compact. The event is in the log. None: nothing has changed.

        What was said so far can't be made smaller then, or it only would be soon due and the service can't be had.

        Raises `FileProblem` where the log can't be written.
        """
        scale = self._scale(request, model, cause)
        kept = compaction.keep(request.items, scale.budget(RECENT, RECENT_TURNS))
        if not (room := scale.room_beside(compaction.compose(kept))):
            self._tried_at = scale.tokens
            return None
        task = Task(turn, cause, request, model, scale, kept, room)
        made = await self._by_service(task)
        if made is None:
            found = await self._by_model(task)
            if cause == "window" and found.failure is not None and found.failure.fault in AWAY:
                self._tried_at = scale.tokens
                return None
            made = await self._with_summary(task, found.text) if found.text else await self._by_rule(task)
        paths = tuple(file.path for file in made.files)
        spent = self._bill(task)
        count = len(request.items)
        done = Compacted(turn, cause, made.by, made.items, scale.tokens, made.tokens, paths, spent, count)
        await self._parts.journal.append(done)
        self._unbilled.clear()
        return done

    async def _by_service(self, task: Task) -> Made | None:
        """What the service makes stands as it is; what it may have lost of ours is put behind it."""
        if not self._affords(task):
            return None
        began = self._parts.clock.monotonic()
        try:
            served = await task.model.compact(task.request)
        except ModelProblem:
            return None
        if served is None:
            return None
        self._unbilled.append(Summary("", served.usage, self._parts.clock.monotonic() - began))
        everything = Kept((), (), (), tuple(task.request.items))
        files = await self._files(task, everything)
        words = compaction.words_of(task.request.items, task.scale.budget(RECENT, RECENT_TURNS))
        beside = (*compaction.missing_words(words, served.items), *compaction.beside(files, self._changes(task)))
        items = (*served.items, *beside)
        if served.usage is not None:
            tokens = task.scale.tokens_with(size_of(beside)) + served.usage.output
        else:
            tokens = task.scale.tokens_with(size_of(items))
        if not served.items or not is_whole(items) or tokens >= task.scale.tokens:
            return None
        return Made("service", items, files, tokens)

    async def _by_model(self, task: Task) -> Summary:
        """A summary of the whole; where that can't be sent, of what is nearest. Empty where it can't be asked for."""
        if not task.model.free_words or not self._affords(task):
            return Summary()
        found = None
        if task.cause != "overflow":
            found = await self._summary(task, task.request.items)
        if found is None or (found.too_long and self._affords(task)):
            found = await self._summary(task, _nearest(task))
        return found

    async def _with_summary(self, task: Task, summary: str) -> Made:
        return await self._composed("model", task, cut(summary, min(task.scale.bytes_of(SUMMARY), task.room // 4)))

    async def _summary(self, task: Task, items: Sequence[Item]) -> Summary:
        """Asked for again as often as any other call, where the service may be there a little later."""
        tries = Tries()
        while True:
            found = await ask_for_summary(task.model, task.request, items, self._parts.clock)
            if found.heard:
                self._unbilled.append(found)
            if found.failure is None or found.too_long:
                return found
            remedy = recover(found.failure, tries, "", self._parts.luck())
            if not isinstance(remedy, Wait) or not self._affords(task):
                return found
            tries = remedy.tries
            await self._wait(task, found.failure, remedy)

    async def _wait(self, task: Task, failure: Failure, wait: Wait) -> None:
        """In a turn it is said before it is done."""
        if task.turn is not None and failure.fault is not None:
            message = f"{failure.message} (asked for a summary of the conversation)"
            again = Retried(task.turn, self._step + 1, failure.fault, message, wait.attempt, wait.seconds)
            await self._parts.journal.append(again)
        await self._parts.clock.sleep(wait.seconds)

    async def _by_rule(self, task: Task) -> Made:
        """Without a summary more of the recent turns stays, but where the person asked for less."""
        turns = RECENT_TURNS if task.cause == "command" else ALL_TURNS
        more = compaction.keep(task.request.items, task.scale.budget(RECENT_ALONE, turns))
        if room := task.scale.room_beside(compaction.compose(more)):
            task = replace(task, kept=more, room=room)
        return await self._composed("rule", task)

    async def _composed(self, by: Literal["model", "rule"], task: Task, summary: str = "") -> Made:
        files = await self._files(task, task.kept)
        items = compaction.compose(task.kept, summary, files, self._changes(task))
        return Made(by, items, files, task.scale.tokens_with(size_of(items)))

    async def _files(self, task: Task, kept: Kept) -> tuple[FileText, ...]:
        room = min(task.scale.share(FILES, FILES_SHARE), task.room // 4)
        each = min(task.scale.bytes_of(FILE), room // FEWEST_FILES)
        return await read_again(kept, self._parts.context, self._parts.registry, room, each)

    def _changes(self, task: Task) -> tuple[str, ...]:
        """What nobody has decided yet."""
        budget = min(task.scale.share(CHANGES, CHANGES_SHARE), task.room // 8)
        undecided = [self._change(view) for view in self._parts.changes() if view.state.decision is None]
        return compaction.tell_changes(undecided, budget)

    def _change(self, view: HunkView) -> Change:
        hunk, path = view.hunk, to_path(view.hunk.uri)
        shown = self._parts.context.workspace.shown(path) if path is not None else str(hunk.uri)
        first, last = view.span.start + 1, max(view.span.end, view.span.start + 1)
        return Change(shown, first, last, hunk.old, hunk.new, view.state.stands)

    def _affords(self, task: Task) -> bool:
        """Whether the session's budget allows a call with the whole history, after all that is on no bill yet."""
        unbilled = [one.usage for one in self._unbilled]
        size = task.scale.head + task.scale.items
        return self._parts.books.stop(task.model.name, task.tier, size, unbilled) is None

    def _scale(self, request: ModelRequest, model: Model, cause: CompactionCause) -> Scale:
        """A history that the service has just refused is longer than its window, whatever is known of that."""
        tokens = max(self._filling.tokens(request, model.name), 1)
        window = model.info.window or USUAL_WINDOW
        if cause == "overflow":
            window = min(window, int(tokens * DUE))
        return Scale(tokens, size_of([request.instructions, request.tools]), size_of(request.items), window)

    def _bill(self, task: Task) -> Spent | None:
        """One bill for all that the service took on, also for what came to nothing."""
        billed = self._unbilled
        if not billed:
            return None
        usages = [one.usage for one in billed if one.usage is not None]
        usage = sum(usages, Usage()) if usages else None
        name = next((one.model for one in billed if one.model), task.model.name)
        tier = next((one.tier for one in billed if one.tier), task.tier)
        seconds = sum(one.seconds for one in billed)
        return self._parts.books.bill(Call(name, usage, tier, seconds, purpose="compaction"))


def _nearest(task: Task) -> Sequence[Item]:
    """What a summary is made from where the whole can't be sent."""
    outputs = sum("output" in item for item in task.request.items)
    share = task.scale.bytes_of(task.scale.window * RECENT_ALONE) // max(2 * outputs, 1)
    short = with_short_outputs(task.request.items, max(SHORT_OUTPUT, share))
    return compaction.compose(compaction.keep(short, task.scale.budget(RECENT_ALONE, ALL_TURNS)))
