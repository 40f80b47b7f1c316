"""Prompts that wait for their turns: each is answered when its own turn ends."""

from contextlib import suppress
from dataclasses import dataclass, field

import anyio

from bridge.app.bus import Update
from bridge.app.session import Turn
from bridge.harness.errors import BridgeError
from bridge.harness.ids import PromptId, SessionId
from bridge.harness.values.events import Prompt, PromptContext, Queued, Recorded, Unqueued
from bridge.harness.values.model import OutputSchema
from bridge.surfaces.lsp.context import Context


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asks: in words, from where, and in which form they want the answer."""

    text: str
    where: PromptContext | None = None
    schema: OutputSchema | None = None


@dataclass(slots=True, eq=False)
class _Slot:
    """A message that waits. `turn` stays None where it is taken back."""

    session: SessionId
    turn: Turn | None = None
    settled: anyio.Event = field(default_factory=anyio.Event)


class Queue:
    """The messages of one connection that wait."""

    def __init__(self, context: Context) -> None:
        """Subscribe `on_update` to the bus."""
        self._context = context
        self._slots: dict[PromptId, _Slot] = {}
        self._left = False

    async def begin(self, session: SessionId, asked: Asked, *, wait: bool) -> Turn | None:
        """The turn of a prompt, when it has begun; None where it was taken back before.

        `wait`: while another turn runs it waits for its end; otherwise `TryLater` is raised then. Who is cancelled
        while waiting takes the prompt back; not when the bridge is about to end (`leave`).
        """
        runtime = self._context.runtime
        with anyio.CancelScope(shield=True):  # a cancellation that is as quick as the prompt ends the turn in order
            if not wait:
                return await runtime.prompt(session, asked.text, asked.where, schema=asked.schema)
            known = await runtime.queue(session, asked.text, asked.where, schema=asked.schema)
        return await self._turn_of(session, known)

    def on_update(self, session: SessionId, update: Update) -> None:
        """Follow what waits. A message may be on its turn before whoever queued it is told its id."""
        match update:
            case Recorded(event=Queued(id=known)):
                self._slots[known] = _Slot(session)
            case Recorded(event=Prompt(queued=known)) if known in self._slots:
                self._settle(self._slots[known], self._context.runtime.session(session).turn)
            case Recorded(event=Unqueued(id=known)) if known in self._slots:
                self._settle(self._slots[known], None)

    def leave(self) -> None:
        """The bridge is about to end: who waits goes, and takes nothing back by that. What is queued stays so."""
        self._left = True

    async def take_back(self, session: SessionId) -> None:
        """The session is about to be closed: what is waited for here must not begin when it is loaded again."""
        for known in [known for known, slot in self._slots.items() if slot.session == session]:
            with suppress(BridgeError):  # its turn begins, or the disk is full: it is closed all the same
                await self._context.runtime.unqueue(session, known)

    def closed(self, session: SessionId) -> None:
        """The session is closed: whoever waits in it still is told that nothing comes of it now."""
        for slot in self._slots.values():
            if slot.session == session:
                self._settle(slot, None)

    async def _turn_of(self, session: SessionId, known: PromptId) -> Turn | None:
        slot = self._slots[known]
        try:
            await slot.settled.wait()
        except anyio.get_cancelled_exc_class():
            if self._left:
                raise
            with anyio.CancelScope(shield=True):
                try:
                    await self._context.runtime.unqueue(session, known)
                except BridgeError:  # its turn begins
                    await slot.settled.wait()
            return slot.turn
        finally:
            del self._slots[known]
        return slot.turn

    def _settle(self, slot: _Slot, turn: Turn | None) -> None:
        slot.turn = turn
        slot.settled.set()
