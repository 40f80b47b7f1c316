"""What the person says while a turn runs: each word reaches the model before the turn ends."""

import anyio

from bridge.harness.errors import Stale
from bridge.harness.ids import TurnId
from bridge.harness.ports.journal import Journal
from bridge.harness.session.transcript import Transcript
from bridge.harness.values.events import Prompt, PromptContext, Steered
from bridge.harness.values.model import ModelRequest


class Steering:
    """The running turn's ear. Between the last look for words and the turn's end none can come in."""

    def __init__(self, journal: Journal, transcript: Transcript) -> None:
        """No turn runs."""
        self._journal = journal
        self._transcript = transcript
        self._turn: TurnId | None = None
        self._order = anyio.Lock()

    async def begin(self, prompt: Prompt | None) -> TurnId:
        """The turn that `prompt` opens, or the one that is open: from now on it can be steered."""
        with anyio.CancelScope(shield=True):  # what was said stands, however soon it is taken back
            async with self._order:
                if prompt is not None:
                    await self._journal.append(prompt)
                self._turn = self._transcript.turn
        if self._turn is None:
            raise ValueError("there is no open turn")
        return self._turn

    async def say(self, turn: TurnId, text: str, context: PromptContext | None) -> None:
        """Told to the model at its next step. Raises `Stale` where that turn does not run any more."""
        async with self._order:
            if self._turn != turn:
                raise Stale("that turn has ended", hint="Send it as a prompt of its own.")
            await self._journal.append(Steered(turn, text, context))

    async def all_heard(self, request: ModelRequest) -> bool:
        """Whether the model, by its last request, has heard everything; then nothing more can be said to this turn."""
        with anyio.CancelScope(shield=True):  # the model is done: who stops it now comes too late
            await self._order.acquire()
        try:
            heard = not any(item.get("role") == "user" for item in self._transcript.items[len(request.items) :])
            if heard:
                self._turn = None
            return heard
        finally:
            self._order.release()

    async def end(self) -> None:
        """The turn ends, whatever was said last."""
        async with self._order:
            self._turn = None
