"""The adapter for servers that speak Chat Completions alone. Stateless: nothing of a conversation stays there."""

from collections.abc import AsyncGenerator, AsyncIterator, Collection, Iterator, Mapping
from contextlib import aclosing
from itertools import chain

from bridge.harness.errors import ModelProblem
from bridge.harness.models.catalogue import EffortWord, effort_word
from bridge.harness.models.chat.body import Bodies, tier
from bridge.harness.models.chat.lowering import Feature, lowered
from bridge.harness.models.chat.stream import Answer
from bridge.harness.models.service import client, sse
from bridge.harness.models.service.client import Client
from bridge.harness.models.service.endpoint import Endpoint
from bridge.harness.models.service.faults import Refused
from bridge.harness.models.service.wire import Answer as Sent
from bridge.harness.values.model import Lowered, ModelEvent, ModelRequest, ServiceCompaction

PATH = "/chat/completions"
NO_EFFORT = "none"
"""The word for no reasoning at all."""

NO_TOOLS_OF_THE_SERVICE = "Chat Completions has no form for them"


class ChatModel:
    """Implements the Model port over Chat Completions."""

    free_words = True

    def __init__(self, endpoint: Endpoint) -> None:
        """Opens nothing."""
        self.name = endpoint.model
        self.info = endpoint.info
        self._hosted = bool(endpoint.hosted_tools)
        self._client = Client(endpoint)
        self._bodies = Bodies(endpoint.model)
        self._without: dict[Feature, str] = {}

    async def warm(self) -> None:
        """Load what the first call needs, in a thread; sends nothing."""
        await self._client.warm()

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent]:
        """See the port. What the server does not take is left out, once it has refused it."""
        effort = effort_word(self.info, request.effort) if request.effort else EffortWord("")
        asked = self._asked(request, effort)
        for told in self._told(asked, effort):
            yield told
        while True:
            begun = False
            body = self._bodies.build(request, self._word(asked, effort), self._without)
            try:
                async with aclosing(self._call(body, tier(request, self._without))) as events:
                    async for event in events:
                        begun = True
                        yield event
            except Refused as problem:
                feature = None if begun else lowered(problem.refusal, asked - self._without.keys())
                if feature is None or problem.fault in {"context_too_long", "auth", "quota"}:
                    raise
                said = problem.message.partition(": ")[2]
                self._without[feature] = f"the server refused it: {said}" if said else "the server refused it"
                yield Lowered(feature, self._without[feature])
            else:
                return

    async def compact(self, request: ModelRequest) -> ServiceCompaction | None:
        """Chat Completions has none."""
        return None

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def _told(self, asked: Collection[Feature], effort: EffortWord) -> Iterator[Lowered]:
        """What is known not to be had before the call."""
        if effort.why:
            yield Lowered("effort", effort.why)
        if self._hosted:
            yield Lowered("built-in tools", NO_TOOLS_OF_THE_SERVICE)
        for feature, why in self._without.items():
            if feature in asked:
                yield Lowered(feature, why)

    def _asked(self, request: ModelRequest, effort: EffortWord) -> set[Feature]:
        """What a call asks for that a server may not have."""
        strict = any(tool.get("strict") for tool in request.tools)
        asked: Mapping[Feature, object] = {
            "token counts": True,
            "effort": effort.word or (request.tools and NO_EFFORT in self.info.efforts),
            "fast tier": request.fast,
            "parallel calls": request.tools,
            "strict schemas": request.schema or strict,
            "structured output": request.schema,
            "tools": request.tools,
        }
        return {feature for feature, wanted in asked.items() if wanted}

    def _word(self, asked: Collection[Feature], effort: EffortWord) -> str:
        """The word to send. Some models call tools here only where they are told not to think."""
        if "effort" not in self._without:
            return effort.word
        return NO_EFFORT if "effort" in asked and NO_EFFORT in self.info.efforts else ""

    async def _call(self, body: bytes, sent_tier: str) -> AsyncGenerator[ModelEvent]:
        async with self._client.post(PATH, body) as sent:
            answer = Answer(self._client.secret, sent_tier)
            try:
                async for chunks in _chunks(sent):
                    for event in chain.from_iterable(map(answer.chunk, chunks)):
                        yield event
                for event in answer.end():
                    yield event
            except ModelProblem as problem:
                problem.begun = answer.begun
                raise


async def _chunks(sent: Sent) -> AsyncIterator[list[sse.Event]]:
    """The events of a stream as they come; from a server that does not stream, the answer as one."""
    one, pieces = await client.is_json(sent)
    if one:
        yield [sse.decoded((await client.whole(pieces)).decode(errors="replace"))]
    else:
        async for events in sse.batches(pieces):
            yield events
