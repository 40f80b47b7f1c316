"""Recorded traffic of the Responses API, played over loopback HTTP: what the adapter reports is what was recorded.

Every recording is played, cut into network chunks of many sizes. What can't be compared as the others are is named in
JOINED, CUT_OUT, RENAMED, LATE and PENDING,
with its reason.
"""

import hashlib
import json
from collections import Counter
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bridge.harness.errors import ModelProblem
from bridge.harness.models.responses.model import ResponsesModel
from bridge.harness.models.service.endpoint import Endpoint
from bridge.harness.models.service.faults import Refused
from bridge.harness.values.model import (
    Begun,
    Ended,
    Item,
    ItemReady,
    Lowered,
    ModelEvent,
    ModelInfo,
    ReasoningDelta,
    Resume,
    TextDelta,
)
from bridge.harness.values.usage import Usage
from tests.harness.models.responses.asking import request
from tests.harness.models.service.loopback import Asked, Says, serving
from tests.support.corpora import corpus_path, ran

ALL = 430
"""Folders of the corpus."""

SIZES = (1, 3, 7, 61, 997, 16_384, 1 << 20)
"""Bytes of a network chunk; a recording is played in two of them."""

JOINED = "vai-openai-reasoning-encrypted-content-1-s"
"""Four responses in one body, as no service answers: played as the four answers that they were."""

CUT_OUT = {"vai-openai-phase-1-s", "vai-openai-shell-container-1-s"}
"""Most of their deltas were cut out of the recording: the deltas are only a part of the text."""

RENAMED = "pai-openai-responses-raw-cot-stream-openrouter"
"""Its last event gives the reasoning another id than its own events do: the adapter tells of the first, the corpus of
the last."""

LATE = "pai-openai-responses-model-mcp-list-tools-stream-backfills-missing-results"
"""Two items have no end of their own and stand only in the last event: the adapter tells of them behind the others."""

PENDING = {"queued", "in_progress"}
"""A response that has only begun, as one body: the adapter takes up its stream, which no recording has."""


@dataclass(frozen=True)
class Recording:
    """One folder."""

    name: str
    meta: dict[str, Any]
    expected: dict[str, Any]
    body: bytes

    @property
    def response(self) -> str:
        """The response that was asked for by its id, "" where a new one was."""
        if self.meta["method"] != "GET":
            return ""
        return str(self.meta["uri"]).rpartition("/")[2].partition("?")[0]


def recordings() -> list[Recording]:
    """All of them, by name."""
    found = []
    for folder in sorted(path for path in corpus_path("recordings").iterdir() if path.is_dir()):
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
        found.append(Recording(folder.name, meta, expected, Path(folder / meta["body_file"]).read_bytes()))
    return found


class Player:
    """Says what was recorded: which recording it is says the session of a request, or the beginning of its path."""

    def __init__(self, everything: list[Recording]) -> None:
        self._by_name = {one.name: one for one in everything}
        self.size = 1 << 20

    def __call__(self, asked: Asked) -> Says:
        named = asked.path.split("/")[1]
        one = self._by_name[named if named in self._by_name else asked.body["prompt_cache_key"]]
        if one.expected["outcome"] in PENDING and asked.method == "GET" and not one.response:
            return Says(status=404)
        body = _parts(one.body)[-1] if one.name == JOINED else one.body
        headers = {key: values[0] for key, values in one.meta["response_headers"].items()}
        pieces = [body[at : at + self.size] for at in range(0, len(body), self.size)]
        return Says(pieces, one.expected["http_status"], headers)


def _parts(body: bytes) -> list[bytes]:
    """The responses of a body that has several; the corpus tells of the last."""
    mark = b'data: {"type":"response.created"'
    return [mark + part for part in body.split(mark)[1:]]


def sizes(name: str, length: int) -> list[int]:
    """Chunk sizes for a recording: two of all, small ones only for small bodies."""
    start = hashlib.sha256(name.encode()).digest()[0]
    fitting = [size for size in SIZES if length / size < 2_000]
    return sorted({fitting[(start + turn * 3) % len(fitting)] for turn in range(2)})


def usage_of(value: dict[str, Any] | None) -> Usage | None:
    """As the adapter reports it: all zero is not counted."""
    if value is None:
        return None
    found = Usage(
        value["input_tokens"],
        value["cached_tokens"] or 0,
        value["cache_write_tokens"] or 0,
        value["output_tokens"],
        value["reasoning_tokens"] or 0,
    )
    return found if found != Usage() else None


def texts(item: Item, kind: str, key: str = "text") -> str:
    """The text of a message's parts of a kind."""
    return "".join(part[key] for part in item.get("content") or () if part.get("type") == kind)


def check_items(items: list[Item], one: Recording) -> None:
    """The items, as `expected.json` tells of them."""
    expected = one.expected
    assert sorted(item["type"] for item in items) == sorted(expected["item_types"])
    messages = [item for item in items if item["type"] == "message"]
    assert [
        {
            "id": item.get("id"),
            "status": item.get("status"),
            "phase": item.get("phase"),
            "text": texts(item, "output_text"),
            "refusal": texts(item, "refusal", "refusal") or None,
            "annotations": [mark["type"] for part in item["content"] for mark in part.get("annotations") or ()],
        }
        for item in messages
    ] == [
        {key: message[key] for key in ("id", "status", "phase", "text", "refusal")}
        | {"annotations": message["annotation_types"]}
        for message in expected["messages"]
    ]
    for kind, told, keys in (
        ("function_call", "function_calls", ("call_id", "name", "namespace", "id", "status")),
        ("custom_tool_call", "custom_tool_calls", ("call_id", "name", "input", "id", "status")),
    ):
        calls = [item for item in items if item["type"] == kind]
        assert [[call.get(key) for key in keys] for call in calls] == [
            [call.get(key) for key in keys] for call in expected[told]
        ]
    arguments = [item["arguments"] for item in items if item["type"] == "function_call"]
    assert arguments == [call["arguments_raw"] for call in expected["function_calls"]]
    check_reasoning([item for item in items if item["type"] == "reasoning"], one)
    plain = {"message", "function_call", "custom_tool_call", "reasoning"}
    others = [item for item in items if item["type"] not in plain]
    if one.name == LATE:
        assert [item["id"] for item in others] != [told["id"] for told in expected["other_items"]]
        others.sort(key=lambda item: str(item["id"]))
    check_others(others, expected["other_items"])


def check_reasoning(items: list[Item], one: Recording) -> None:
    """Summaries and raw text; what carries it forward is one of the texts that the recording has for it.

    The service encrypts it anew in each event: the corpus tells of the last event's, the adapter takes the item's own.
    """
    expected = one.expected["reasoning"]
    assert [
        {
            "id": "" if one.name == RENAMED else item.get("id"),
            "summary": [part["text"] for part in item.get("summary") or ()],
            "text": [part["text"] for part in item.get("content") or ()],
        }
        for item in items
    ] == [
        {key: told[key] for key in ("id", "summary", "text")} | ({"id": ""} if one.name == RENAMED else {})
        for told in expected
    ]
    for item, told in zip(items, expected, strict=True):
        carried = item.get("encrypted_content")
        assert (carried is None) == (told["encrypted_content"] is None)
        assert carried is None or carried.encode() in one.body
        if one.expected["kind"] != "stream":
            assert digest(carried) == told["encrypted_content"]


def check_others(items: list[Item], expected: list[dict[str, Any]]) -> None:
    """Items of the service's own tools: each key that is told of, as it came."""
    for item, told in zip(items, expected, strict=True):
        for key, value in told.items():
            if isinstance(value, dict) and set(value) == {"length", "sha256"}:
                assert digest(item.get(key)) == value
            else:
                assert item.get(key) == value, key


def digest(text: str | None) -> dict[str, Any] | None:
    """How long texts are told."""
    if text is None:
        return None
    return {"length": len(text), "sha256": hashlib.sha256(text.encode()).hexdigest()}


def check_deltas(events: list[ModelEvent], items: list[Item]) -> None:
    """The pieces of each text are the text, each where it says."""
    have: dict[str, str] = {}
    for event in events:
        if isinstance(event, TextDelta | ReasoningDelta):
            assert event.offset == len(have.get(event.item, ""))
            have[event.item] = have.get(event.item, "") + event.text
    by_id = {item.get("id"): item for item in items}
    for name, text in have.items():
        item = by_id.get(name)
        if item is None:
            continue  # a service that changes an item's id while it is written
        if item["type"] == "message":
            assert text == "".join(part.get("text") or part.get("refusal") or "" for part in item["content"])
        else:
            parts = (*(item.get("summary") or ()), *(item.get("content") or ()))
            assert text == "".join(part["text"] for part in parts)


def check_end(end: ModelEvent, expected: dict[str, Any]) -> None:
    """Status, bill, names and failure."""
    assert isinstance(end, Ended)
    status = {"complete": "completed"}.get(expected["outcome"], expected["outcome"])
    assert end.status == status
    assert end.reason == (expected["incomplete_reason"] or "")
    assert end.usage == usage_of(expected["usage"])
    assert end.response == (expected["response_id"] or "")
    assert end.model == (expected["model"] or "")
    assert end.tier == (expected["service_tier"] or "default")
    if status == "failed":
        assert expected["error"]["message"] in end.message
        faults = {"rate_limit_exceeded": "rate_limited"}
        fault = faults.get(expected["error"]["code"], "server")
        too_long = expected["error"]["message"].startswith("Request too large")
        assert end.fault == ("context_too_long" if too_long else fault)


def check_refusal(problem: ModelProblem | None, one: Recording) -> None:
    """An HTTP error: the service's own fields, and a sentence with its words."""
    assert isinstance(problem, Refused)
    told, refusal = one.expected["error"], problem.refusal
    assert refusal.status == one.expected["http_status"]
    assert (refusal.code, refusal.type, refusal.param) == tuple(told[key] or "" for key in ("code", "type", "param"))
    assert refusal.message == told["message"]
    assert problem.hint


class Judge:
    """Plays recordings against a server, and checks what the adapter reports."""

    def __init__(self, url: str, player: Player) -> None:
        self._url = url
        self._player = player
        self._shared = self._model("")

    async def aclose(self) -> None:
        await self._shared.aclose()

    async def judge(self, one: Recording) -> str:
        """Check one recording; the way in which it was."""
        refused = one.expected["kind"] == "http_error"
        alone = refused or one.response or one.expected["kind"] == "compaction" or one.expected["outcome"] in PENDING
        model = self._model(f"/{one.name}") if alone else self._shared
        try:
            if one.expected["kind"] == "compaction":
                return await self._compacted(model, one)
            events, problem = await self._played(model, one)
        finally:
            if model is not self._shared:
                await model.aclose()
        if refused:
            check_refusal(problem, one)
            return "refused"
        if one.expected["outcome"] in PENDING:
            assert isinstance(problem, Refused) or one.response
            assert [event for event in events if not isinstance(event, Begun)] == []
            assert one.response or events == [Begun(one.expected["response_id"])]
            return "pending"
        assert problem is None
        items = [event.item for event in events if isinstance(event, ItemReady)]
        check_items(items, one)
        check_end(events[-1], one.expected)
        if one.name not in CUT_OUT:
            check_deltas(events, items)
        return "stream" if one.expected["kind"] == "stream" else "body"

    def _model(self, path: str) -> ResponsesModel:
        return ResponsesModel(Endpoint("any", ModelInfo("any"), self._url + path, store=True))

    async def _played(self, model: ResponsesModel, one: Recording) -> tuple[list[ModelEvent], ModelProblem | None]:
        asked = request(session=one.name, resume=Resume(one.response) if one.response else None)
        events: list[ModelEvent] = []
        try:
            async with aclosing(model.stream(asked)) as stream:
                async for event in stream:
                    seen = [event] if not isinstance(event, Lowered) else []
                    events += seen  # what came before a failure counts
        except ModelProblem as problem:
            return events, problem
        return events, None

    async def _compacted(self, model: ResponsesModel, one: Recording) -> str:
        compaction = await model.compact(request())
        assert compaction is not None
        assert compaction.usage == usage_of(one.expected["usage"])
        check_items(list(compaction.items), one)
        return "compaction"


@pytest.mark.anyio
@pytest.mark.timeout(300)
async def test_every_recording_is_reported_as_it_was_recorded() -> None:
    everything = recordings()
    player = Player(everything)
    ways: Counter[str] = Counter()
    wrong: list[str] = []
    async with serving(player) as server:
        judge = Judge(server.url, player)
        for one in everything:
            try:
                found = set()
                for player.size in sizes(one.name, len(one.body)):
                    found.add(await judge.judge(one))
            except AssertionError as error:
                wrong.append(f"{one.name} in chunks of {player.size}: {error}")
                continue
            ways.update(found)
            ran("recordings", one.name)
        await judge.aclose()
    assert not wrong, "\n\n".join(wrong)
    assert ways == {"stream": 150, "body": 245, "refused": 23, "compaction": 6, "pending": 6}
    assert ways.total() == len(everything) == ALL
