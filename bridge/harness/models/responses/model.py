"""Any server that speaks the Responses API, as a model.

The SDK's client makes the connection and the errors (`service.client` says what stays in it); the request is bytes of
our own (`body`), the stream is split and read by our own code (`service.sse`, `reading`): built by the SDK, a request
costs 47 ms a step, 150 to 220 ms with 2 MB of history, and an event 84 µs.

Stateless by default: `store` is false, the reasoning goes back encrypted, and the whole input is sent each time. With
`Endpoint.store` a call sends what is new since the stored response, and all of it, openly, when the service has
forgotten that. In background mode the service goes on when the stream is cut, and the stream is taken up again.
"""

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, aclosing, suppress
from dataclasses import replace
from urllib.parse import quote

import anyio

from bridge.harness.errors import ModelProblem
from bridge.harness.models.responses.abilities import Abilities, Plan
from bridge.harness.models.responses.body import Bodies, fresh
from bridge.harness.models.responses.ending import usage
from bridge.harness.models.responses.reading import Reader
from bridge.harness.models.service.client import Client, is_json, whole
from bridge.harness.models.service.endpoint import Endpoint
from bridge.harness.models.service.faults import Refused, broken, refused
from bridge.harness.models.service.sse import batches, decoded
from bridge.harness.models.service.wire import Answer
from bridge.harness.values.model import Lowered, ModelEvent, ModelInfo, ModelRequest, ServiceCompaction

RESUMES = 3
"""How often in a row the stream of a background call is taken up again without anything new coming."""

CANCEL_SECONDS = 0.3
"""To tell a service that a background call is given up: time to send it, within the half second that a person waits."""

DRAIN_SECONDS = 0.1
"""How long the end of the HTTP body is waited for behind the end of the response, so that the connection is kept."""

COMPACT_SECONDS = 300.0
"""A compaction says nothing until it is done."""


class ResponsesModel:
    """A model at an endpoint that speaks the Responses API. Implements the Model port."""

    free_words = True

    def __init__(self, endpoint: Endpoint, clock: Callable[[], float] = time.monotonic) -> None:
        """Sends nothing, and loads nothing heavy, before the first call. `clock` counts seconds."""
        self._endpoint = endpoint
        self._client = Client(endpoint)
        self._abilities = Abilities(endpoint, clock)
        self._bodies = Bodies()
        self._compacts = True
        self._left = False

    @property
    def name(self) -> str:
        """See the port."""
        return self._endpoint.info.id

    @property
    def info(self) -> ModelInfo:
        """See the port."""
        return self._endpoint.info

    async def warm(self) -> None:
        """Load what the first call needs, in a thread; sends nothing."""
        await self._client.warm()

    def leave(self) -> None:
        """We are about to end: from now on a background call that is given up goes on at the service."""
        self._left = True

    async def aclose(self) -> None:
        """Give the connections back."""
        await self._client.aclose()

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """See the port. What the service lacks is left out, said (`Lowered`), and the call made again at once."""
        while True:
            plan = self._abilities.plan(request)
            for note in plan.notes:
                yield note
            reader = self._reader(request, plan)
            try:
                async with aclosing(self._events(request, plan, reader)) as events:
                    async for event in events:
                        yield event
                return
            except Refused as no:
                if reader.begun or request.resume is not None:
                    raise
                if _has_forgotten(no, plan):
                    request = replace(request, continues=None)
                    note = Lowered(
                        "stored responses", "the service has forgotten the last one: all of it is sent again"
                    )
                else:
                    lowered = self._abilities.lower(no, plan)
                    if lowered is None:
                        raise
                    note = lowered
            yield note

    async def compact(self, request: ModelRequest) -> ServiceCompaction | None:
        """See the port. A service that has no such path is asked once."""
        if not self._compacts:
            return None
        plan = self._abilities.plan(request)
        head = self._bodies.head(request.session, self._endpoint.model, request.instructions, ())
        joined = self._bodies.input(request.session, request.items, reasoning=plan.carried)
        try:
            async with self._client.post(
                "/responses/compact", self._bodies.body(head, {}, joined), seconds=COMPACT_SECONDS
            ) as answer:
                value = decoded((await whole(answer.chunks())).decode(errors="replace"))
        except Refused as no:
            if no.fault in {"auth", "quota"}:
                raise
            if no.refusal.status in {404, 405, 501} and no.refusal.code != "model_not_found":
                self._compacts = False
            return None
        output = value.get("output")
        items = tuple(item for item in output if isinstance(item, dict)) if isinstance(output, list) else ()
        return ServiceCompaction(items, usage(value.get("usage"))) if items else None

    def _reader(self, request: ModelRequest, plan: Plan) -> Reader:
        after = -1 if request.resume is None else request.resume.after
        return Reader(
            kept=plan.stored,
            background=plan.background,
            after=after,
            secret=lambda: self._client.secret,
            tier=plan.options.get("service_tier", "default"),
        )

    def _body(self, request: ModelRequest, plan: Plan) -> bytes:
        session = request.session
        head = self._bodies.head(session, self._endpoint.model, request.instructions, plan.tools, strict=plan.strict)
        if plan.continues is None:
            joined = self._bodies.input(session, request.items, reasoning=plan.carried)
        else:
            joined = fresh(request.items[plan.continues.count :], reasoning=plan.carried)
        return self._bodies.body(head, plan.options, joined)

    async def _events(self, request: ModelRequest, plan: Plan, reader: Reader) -> AsyncGenerator[ModelEvent, None]:
        """One call; in background mode over several streams, and cancelled at the service when it is given up."""
        if request.resume is None:
            call = self._client.post("/responses", self._body(request, plan))
        else:
            reader.follow(request.resume.id)
            call = self._follow(reader)
        failed = False
        try:
            async with aclosing(self._followed(call, reader)) as events:
                async for event in events:
                    yield event
        except ModelProblem as problem:
            failed = True  # it may go on there: the caller can take it up again
            problem.begun = reader.begun or reader.id != ""
            raise
        finally:
            if reader.followed and reader.id and reader.end is None and not failed and not self._left:
                await self._cancel(reader.id)

    async def _followed(
        self, call: AbstractAsyncContextManager[Answer], reader: Reader
    ) -> AsyncGenerator[ModelEvent, None]:
        """The events of a call; a stream that is cut is taken up again where the service goes on without us."""
        fruitless, taken_up = 0, reader.id != ""
        while True:
            before = reader.sequence
            try:
                async with call as answer, aclosing(_found(answer, reader)) as events:
                    async for event in events:
                        yield event
                if reader.end is not None:
                    return
                problem = broken("it has no end")
            except ModelProblem as caught:
                problem = _is_gone(caught) if taken_up else caught
            fruitless = 0 if reader.sequence > before else fruitless + 1
            if not (reader.followed and reader.id) or fruitless > RESUMES or problem.fault not in _CUTS:
                raise problem
            call, taken_up = self._follow(reader), True

    def _follow(self, reader: Reader) -> AbstractAsyncContextManager[Answer]:
        query = {"stream": "true"} | ({"starting_after": str(reader.sequence)} if reader.sequence >= 0 else {})
        return self._client.get(f"/responses/{quote(reader.id, safe='')}", query)

    async def _cancel(self, response: str) -> None:
        """Tell the service to stop, briefly; that it can't be told changes nothing for us."""
        with anyio.move_on_after(CANCEL_SECONDS, shield=True):
            try:
                async with self._client.post(f"/responses/{quote(response, safe='')}/cancel", b"{}") as answer:
                    await whole(answer.chunks())
            except ModelProblem:
                return


_CUTS = frozenset({"broken", "network", "timeout", "server", "rate_limited"})


async def _found(answer: Answer, reader: Reader) -> AsyncGenerator[ModelEvent, None]:
    """What an answer says, streamed or in one piece."""
    one, chunks = await is_json(answer)
    if one:
        for event in reader.read_whole(decoded((await whole(chunks)).decode(errors="replace"))):
            yield event
        return
    async with aclosing(chunks):
        async with aclosing(batches(chunks)) as stream:
            async for batch in stream:
                for event in reader.read(batch):
                    yield event
                if reader.end is not None:
                    break
        with anyio.move_on_after(DRAIN_SECONDS), suppress(ModelProblem):
            await whole(chunks)


def _is_gone(problem: ModelProblem) -> ModelProblem:
    """404 for a response that is to be taken up: it is not stored any more (elsewhere 404 is about the model)."""
    if isinstance(problem, Refused) and problem.refusal.status == 404:
        return refused(replace(problem.refusal, code="previous_response_not_found"))
    return problem


def _has_forgotten(no: Refused, plan: Plan) -> bool:
    """Whether the response that the call builds on is not stored any more."""
    if plan.continues is None:
        return False
    refusal = no.refusal
    named = "previous_response" in f"{refusal.param} {refusal.message}" or plan.continues.id in refusal.message
    return no.fault == "forgotten" or (refusal.status in {400, 404, 410} and named)
