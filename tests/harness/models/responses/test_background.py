"""Background mode: a stream that is cut is taken up again, a call that is given up is stopped at the service."""

from contextlib import aclosing

import anyio
import pytest

from bridge.harness.errors import ModelProblem
from bridge.harness.models.responses.model import RESUMES, ResponsesModel
from bridge.harness.models.service.endpoint import Endpoint
from bridge.harness.values.model import Begun, Ended, ItemReady, ModelEvent, Resume, TextDelta
from tests.harness.models.responses.asking import (
    completed,
    created,
    endpoint,
    gathered,
    message,
    numbered,
    request,
    written,
)
from tests.harness.models.service.loopback import Asked, Says, says, says_json, serving, sse

EVENTS = numbered([created("resp/1"), *written("Hello, you"), completed([message("Hello, you")], "resp/1")])


def background(url: str) -> Endpoint:
    """An endpoint in background mode, and not patient."""
    return endpoint(url, background=True, idle_seconds=0.3)


def part(start: int, stop: int | None = None, *, cut: bool = False, holds: bool = False) -> Says:
    """Some of the events."""
    return Says([sse(event) for event in EVENTS[start:stop]], cut=cut, holds=holds)


def text_of(events: list[ModelEvent]) -> str:
    """The text that was written, each piece at its place."""
    text = ""
    for event in events:
        if isinstance(event, TextDelta):
            assert event.offset == len(text)
            text += event.text
    return text


@pytest.mark.anyio
async def test_a_cut_stream_is_taken_up_behind_the_last_event() -> None:
    answers = [part(0, 4, cut=True), part(4, 6), part(6, 7, holds=True), part(5)]
    async with serving(answers) as server:
        model = ResponsesModel(background(server.url))
        events = await gathered(model, request())
        await model.aclose()
    assert events[0] == Begun("resp/1")
    assert text_of(events) == "Hello, you"
    assert [event.item for event in events if isinstance(event, ItemReady)] == [message("Hello, you")]
    assert isinstance(events[-1], Ended)
    assert events[-1].response == "resp/1"
    first, *others = server.asked
    assert (first.body["background"], first.body["store"], first.body["stream"]) == (True, True, True)
    assert [(one.method, one.path, dict(one.query)) for one in others] == [
        ("GET", "/responses/resp%2F1", {"stream": "true", "starting_after": str(number)}) for number in (3, 5, 6)
    ]


@pytest.mark.anyio
async def test_a_response_is_taken_up_after_a_restart() -> None:
    async with serving([part(4)]) as server:
        model = ResponsesModel(background(server.url))
        events = await gathered(model, request(resume=Resume("resp/1", 3)))
        await model.aclose()
    assert [event.item for event in events if isinstance(event, ItemReady)] == [message("Hello, you")]
    assert isinstance(events[-1], Ended)
    assert [(one.method, one.query["starting_after"]) for one in server.asked] == [("GET", "3")]


@pytest.mark.anyio
async def test_a_response_that_is_not_there_any_more_is_forgotten() -> None:
    async with serving([says_json({"error": {"message": "not found"}}, 404)]) as server:
        model = ResponsesModel(background(server.url))
        with pytest.raises(ModelProblem) as caught:
            await gathered(model, request(resume=Resume("resp_9")))
        await model.aclose()
    assert caught.value.fault == "forgotten"
    assert server.asked[0].query == {"stream": "true"}


@pytest.mark.anyio
async def test_a_stream_that_brings_nothing_more_is_given_up_and_not_stopped() -> None:
    async with serving(lambda asked: part(0, 3, cut=True) if asked.method == "POST" else Says(cut=True)) as server:
        model = ResponsesModel(background(server.url))
        with pytest.raises(ModelProblem) as caught:
            await gathered(model, request())
        await model.aclose()
    assert caught.value.fault == "network"
    assert [one.method for one in server.asked] == ["POST"] + ["GET"] * (RESUMES + 1)


@pytest.mark.anyio
async def test_a_failure_that_is_no_cut_is_not_taken_up() -> None:
    async with serving([part(0, 3, cut=True), says_json({"error": {"message": "no"}}, 401)]) as server:
        model = ResponsesModel(background(server.url))
        with pytest.raises(ModelProblem) as caught:
            await gathered(model, request())
        await model.aclose()
    assert caught.value.fault == "auth"
    assert len(server.asked) == 2


@pytest.mark.anyio
async def test_a_service_without_background_mode_is_asked_without() -> None:
    no = says_json({"error": {"message": "Unknown parameter", "param": "background"}}, 400)
    async with serving([no, says(created(), completed())]) as server:
        model = ResponsesModel(background(server.url))
        events = await gathered(model, request())
        await model.aclose()
    assert [type(event).__name__ for event in events] == ["Lowered", "Ended"]
    assert "background" not in server.asked[1].body


async def until_text(model: ResponsesModel, scope: anyio.CancelScope | None) -> None:
    """Read up to the first text; then cancel the scope, or stop reading where there is none."""
    async with aclosing(model.stream(request())) as events:
        async for event in events:
            if isinstance(event, TextDelta) and scope is None:
                return
            if isinstance(event, TextDelta) and scope is not None:
                scope.cancel()


async def given_up(*, leave: bool = False, by_closing: bool = False) -> list[Asked]:
    """What is asked of the service when a call is given up after its first text."""
    answers = [part(0, 4, holds=True), says_json({"id": "resp/1", "status": "cancelled"})]
    async with serving(answers) as server:
        model = ResponsesModel(endpoint(server.url, background=True))
        if leave:
            model.leave()
        with anyio.fail_after(10), anyio.CancelScope() as scope:
            await until_text(model, None if by_closing else scope)
        await model.aclose()
        return server.asked


@pytest.mark.anyio
@pytest.mark.parametrize("by_closing", [True, False])
async def test_a_call_that_is_given_up_is_stopped_at_the_service(by_closing: bool) -> None:
    asked = await given_up(by_closing=by_closing)
    assert [(one.method, one.path) for one in asked] == [
        ("POST", "/responses"),
        ("POST", "/responses/resp%2F1/cancel"),
    ]


@pytest.mark.anyio
async def test_when_we_end_the_call_goes_on_at_the_service() -> None:
    assert len(await given_up(leave=True)) == 1


@pytest.mark.anyio
async def test_a_service_that_can_not_be_told_to_stop_changes_nothing() -> None:
    async with serving([part(0, 4, holds=True), Says(status=500)]) as server:
        model = ResponsesModel(endpoint(server.url, background=True))
        async with aclosing(model.stream(request())) as events:
            assert await anext(events) == Begun("resp/1")
        await model.aclose()
    assert len(server.asked) == 2
