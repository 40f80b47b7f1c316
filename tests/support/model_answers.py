"""What the tests' model server answers: the real shapes of the Responses API and of Chat Completions, and faults.

An answer is asked with the request and gives a reply: a status, headers, and the acts of its body. An answer of outputs
(`text`, `calls`, `said`) speaks the API of the path that it is asked on, as a stream or as one JSON body.
"""

import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, islice, repeat
from typing import Any

from tests.support.raw_client import PATIENCE_S

Json = dict[str, Any]


@dataclass(slots=True)
class Request:
    """A whole request. `number` counts model calls from 1 and is 0 for others; `connection` counts from 1.

    `history` is the conversation with what the service has stored of it. `left` is set when the client leaves before
    the end, `served` at the end.
    """

    number: int
    connection: int
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    raw: bytes
    body: Any
    history: Sequence[Json] = ()
    left: threading.Event = field(default_factory=threading.Event)
    served: threading.Event = field(default_factory=threading.Event)

    @property
    def chat(self) -> bool:
        """Whether it speaks Chat Completions."""
        return self.path.endswith("/chat/completions")

    @property
    def items(self) -> list[Json]:
        """The input of the Responses API, or the messages of Chat Completions."""
        found: list[Json] = self.body["messages" if self.chat else "input"]
        return found

    def holds(self, words: str) -> bool:
        """Whether these words are in what was sent, as JSON has them or as they are."""
        return words.encode() in self.raw or json.dumps(words)[1:-1].encode() in self.raw


class Gate:
    """Where an answer waits for the test. Each `open` lets one act pass that holds here; `open_all` lets all pass."""

    def __init__(self) -> None:
        self._state = threading.Condition()
        self._passes = 0
        self._reached = 0
        self._wide = False

    def open(self, passes: int = 1) -> None:
        """Let so many acts pass."""
        with self._state:
            self._passes += passes
            self._state.notify_all()

    def open_all(self) -> None:
        """Let every act pass from now on."""
        with self._state:
            self._wide = True
            self._state.notify_all()

    def reached(self, count: int = 1) -> None:
        """Wait until so many acts have come here."""
        with self._state:
            came = self._state.wait_for(lambda: self._reached >= count, PATIENCE_S)
            assert came, f"the gate was reached {self._reached} times, not {count}"

    def wait(self, gone: threading.Event) -> None:
        """For the server: an act has come here; until it may pass, or `gone` is set and `look` was called."""
        with self._state:
            self._reached += 1
            self._state.notify_all()
            self._state.wait_for(lambda: self._wide or self._passes > 0 or gone.is_set())
            if not self._wide and not gone.is_set():
                self._passes -= 1

    def look(self) -> None:
        """For the server: look at `gone` again."""
        with self._state:
            self._state.notify_all()


@dataclass(frozen=True, slots=True)
class Hold:
    """Wait at the gate, or for the client to leave."""

    gate: Gate


@dataclass(frozen=True, slots=True)
class Cut:
    """Close the connection here: with a reset, or as if all had been sent."""

    reset: bool


Act = bytes | Hold | Cut
"""A part of a body: bytes go out at once, as a chunk of their own."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer on the wire. `status` 0: not even a head is sent. `whole`: a body with a length, else it is chunked."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    acts: Iterable[Act] = ()
    whole: bool = False
    # Held before the head.
    before: tuple[Hold, ...] = ()
    # What a response that is stored is made of, whatever becomes of this connection.
    kept: tuple[Act, ...] = ()


Answer = Callable[[Request], Reply]

SSE = {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store"}
JSON = {"content-type": "application/json"}

# What a model puts out.


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the assistant, in deltas of at most `size` characters. `refusal`: it is one."""

    text: str
    size: int = 12
    refusal: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A function call; arguments that are a text are sent as they are."""

    name: str
    arguments: Mapping[str, Any] | str
    size: int = 16

    @property
    def words(self) -> str:
        """The arguments as the model writes them."""
        return self.arguments if isinstance(self.arguments, str) else json.dumps(self.arguments)


@dataclass(frozen=True, slots=True)
class Thought:
    """A reasoning item: its summary, and its encrypted content."""

    summary: str = ""
    encrypted: str = ""
    size: int = 12


@dataclass(frozen=True, slots=True)
class Raw:
    """Any other item, as it is; `kinds` are the types of the events between its start and its end."""

    item: Json
    kinds: tuple[str, ...] = ()


Output = Message | Call | Thought | Raw


@dataclass(frozen=True, slots=True)
class Said:
    """An answer of these outputs. `usage` as the service tells it; None: counted roughly by bytes; {}: none is told.

    `status` is that of the response; `reason` says why it is incomplete, `error` why it failed.
    """

    outputs: tuple[Output, ...]
    usage: Mapping[str, Any] | None = None
    status: str = "completed"
    reason: str = ""
    error: Mapping[str, Any] | None = None
    model: str = ""
    tier: str = ""

    def __call__(self, request: Request) -> Reply:
        """The reply in the API that was asked."""
        if request.chat:
            return _chat(self, request)
        events = tuple(_events(self, request))
        frames = tuple(frame(event) for event in events)
        if request.body.get("stream"):
            return Reply(headers=SSE, acts=frames, kept=frames)
        return Reply(headers=JSON, acts=(json.dumps(events[-1]["response"]).encode(),), whole=True, kept=frames)

    def used(self, request: Request) -> Json | None:
        """The usage of the Responses API."""
        if self.usage is None:
            cost = sum(len(_words(output)) for output in self.outputs) // 4 + 1
            return tokens(len(request.raw) // 4 + 1, cost)
        return dict(self.usage) or None


def tokens(input_: int, output: int, cached: int = 0, reasoning: int = 0) -> Json:
    """A usage as the Responses API tells it."""
    return {
        "input_tokens": input_,
        "input_tokens_details": {"cached_tokens": cached},
        "output_tokens": output,
        "output_tokens_details": {"reasoning_tokens": reasoning},
        "total_tokens": input_ + output,
    }


def said(*outputs: Output, usage: Mapping[str, Any] | None = None) -> Said:
    """An answer of these outputs, in order."""
    return Said(outputs, usage)


def text(words: str, usage: Mapping[str, Any] | None = None) -> Said:
    """One message."""
    return said(Message(words), usage=usage)


def calls(*pairs: tuple[str, Mapping[str, Any] | str], say: str = "", usage: Mapping[str, Any] | None = None) -> Said:
    """Function calls by (name, arguments), after a message if there is one."""
    first: tuple[Output, ...] = (Message(say),) if say else ()
    return said(*first, *(Call(name, arguments) for name, arguments in pairs), usage=usage)


def reasoning(summary: str, *then: Output, encrypted: str = "gAAAAAB-of-the-test") -> Said:
    """A reasoning item and what follows it."""
    return said(Thought(summary, encrypted), *then)


def incomplete(reason: str, *outputs: Output) -> Said:
    """An answer that the service has cut off: `max_output_tokens` or `content_filter`."""
    return Said(outputs, status="incomplete", reason=reason)


def failed(code: str, message: str, *outputs: Output) -> Said:
    """A stream that ends with `response.failed`."""
    return Said(outputs, status="failed", error={"code": code, "message": message})


# Answers that are no stream.


def status(code: int, headers: Mapping[str, str] | None = None, body: Any = None) -> Answer:
    """A whole JSON body with this status."""
    content = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
    return lambda _: Reply(code, JSON | dict(headers or {}), (content,), whole=True)


def error(code: int, message: str, name: str | None = None, kind: str = "", **headers: str) -> Answer:
    """An error of the API; `headers` by their names with underscores."""
    kind = kind or ("server_error" if code >= 500 else "invalid_request_error")
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return status(code, named, {"error": {"message": message, "type": kind, "param": None, "code": name}})


def rate_limited(**headers: str) -> Answer:
    """429 that passes."""
    return error(429, "Rate limit reached for requests per min.", "rate_limit_exceeded", "requests", **headers)


def no_quota() -> Answer:
    """429 that waiting does not mend."""
    words = "You exceeded your current quota, please check your plan and billing details."
    return error(429, words, "insufficient_quota", "insufficient_quota")


def too_long() -> Answer:
    """The input is longer than the model's window."""
    words = "Your input exceeds the context window of this model. Please adjust your input and try again."
    return error(400, words, "context_length_exceeded")


def forgotten(response: str) -> Answer:
    """The response that the request builds on is not stored any more."""
    words = f"Previous response with id '{response}' not found."
    body = {"message": words, "type": "invalid_request_error", "param": "previous_response_id"}
    return status(400, {}, {"error": body | {"code": "previous_response_not_found"}})


def wrong_key() -> Answer:
    """401."""
    return error(401, "Incorrect API key provided.", "invalid_api_key")


def no_model(name: str) -> Answer:
    """404: there is no such model."""
    words = f"The model `{name}` does not exist or you do not have access to it."
    return error(404, words, "model_not_found")


# Faults on the wire, around other answers.


def stall(gate: Gate, then: Answer | None = None) -> Answer:
    """Nothing comes, not even a head, until the gate opens."""

    def answer(request: Request) -> Reply:
        reply = (then or text("At last."))(request)
        return replace(reply, before=(Hold(gate), *reply.before))

    return answer


def held(inner: Answer, gate: Gate, after: int) -> Answer:
    """It waits at the gate after so many events (negative: counted from the end)."""

    def acts(old: Sequence[Act]) -> Iterator[Act]:
        yield from old[:after]
        yield Hold(gate)
        yield from old[after:]

    return _changed(inner, acts)


def trickle(inner: Answer, gate: Gate) -> Answer:
    """Each event but the first waits at the gate: each `open` lets one out."""

    def acts(old: Sequence[Act]) -> Iterator[Act]:
        for number, act in enumerate(old):
            if number:
                yield Hold(gate)
            yield act

    return _changed(inner, acts)


def cut(inner: Answer, after: int, *, reset: bool = True) -> Answer:
    """The connection ends after so many bytes of the body."""

    def acts(old: Sequence[Act]) -> Iterator[Act]:
        yield _joined(old)[:after]
        yield Cut(reset)

    return _changed(inner, acts)


def cut_at(inner: Answer, events: int, *, reset: bool = True) -> Answer:
    """The connection ends after so many events."""

    def acts(old: Sequence[Act]) -> Iterator[Act]:
        yield from old[:events]
        yield Cut(reset)

    return _changed(inner, acts)


def dropped(*, reset: bool = True) -> Answer:
    """The connection ends before the first byte."""
    return lambda _: Reply(0, acts=(Cut(reset),))


def not_http(junk: bytes) -> Answer:
    """These bytes instead of an HTTP answer, and the end of the connection."""
    return lambda _: Reply(0, acts=(junk, Cut(reset=False)), whole=True)


def rewritten(inner: Answer, change: Callable[[bytes], bytes], **headers: str) -> Answer:
    """The stream as another server would write it; `headers` by their names with underscores."""
    named = {key.replace("_", "-"): value for key, value in headers.items()}

    def answer(request: Request) -> Reply:
        reply = inner(request)
        return replace(reply, headers=dict(reply.headers) | named, acts=(change(_joined(reply.acts)),))

    return answer


def unfinished(inner: Answer) -> Answer:
    """The stream ends well on the wire, without its terminal event."""
    return _changed(inner, lambda old: iter(old[:-1]))


def split(inner: Answer, size: int = 1) -> Answer:
    """The same bytes in chunks of `size`: lines, and characters of several bytes, are cut anywhere."""

    def acts(old: Sequence[Act]) -> Iterator[Act]:
        whole = _joined(old)
        yield from (whole[start : start + size] for start in range(0, len(whole), size))

    return _changed(inner, acts)


def doubled(inner: Answer) -> Answer:
    """Each event comes twice, with its number."""
    return _changed(inner, lambda old: (act for act in old for _ in range(2)))


def without(inner: Answer, *kinds: str) -> Answer:
    """Events of these types never come."""
    heads = tuple(f"event: {kind}\n".encode() for kind in kinds)
    return _changed(inner, lambda old: (act for act in old if not (isinstance(act, bytes) and act.startswith(heads))))


def with_bytes(inner: Answer, extra: bytes, after: int) -> Answer:
    """These bytes stand in the stream after so many events."""
    return _changed(inner, lambda old: iter((*old[:after], extra, *old[after:])))


def garbage() -> Answer:
    """A stream that is none."""
    junk = b"data: {]\n\n" + bytes(range(256)) * 4 + b"\n\ndata: \xff\xfe{\n\n"
    return lambda _: Reply(headers=SSE, acts=(junk,))


def long_line(size: int = 100_000_000, piece: int = 65536) -> Answer:
    """A stream whose second event is one line of `size` bytes, sent in pieces."""

    def acts(request: Request) -> Iterator[Act]:
        yield frame(next(_events(text("never"), request)))
        yield b'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"'
        for _ in range(size // piece):
            yield b"x" * piece
        yield b'"}\n\n'

    return lambda request: Reply(headers=SSE, acts=acts(request))


def endless(words: str = "on and on ", gate: Gate | None = None) -> Answer:
    """A message that never ends: one delta for each `open` of the gate, or as fast as the client takes them."""

    def acts(request: Request) -> Iterator[Act]:
        for delta in (_endless_chat if request.chat else _endless_response)(words, request):
            if gate:
                yield Hold(gate)
            yield delta

    return lambda request: Reply(headers=SSE, acts=acts(request))


def _endless_response(words: str, request: Request) -> Iterator[bytes]:
    start = list(islice(_events(text(words), request), 4))
    yield b"".join(map(frame, start))
    place = {"item_id": start[2]["item"]["id"], "output_index": 0, "content_index": 0, "delta": words}
    for number in count(len(start)):
        yield frame({"type": "response.output_text.delta", "sequence_number": number} | place)


def _endless_chat(words: str, request: Request) -> Iterator[bytes]:
    choice = {"index": 0, "delta": {"content": words}, "finish_reason": None}
    row = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": request.body["model"], "choices": [choice]}
    return repeat(f"data: {json.dumps(row)}\n\n".encode())


def _changed(inner: Answer, change: Callable[[Sequence[Act]], Iterable[Act]]) -> Answer:
    def answer(request: Request) -> Reply:
        reply = inner(request)
        return replace(reply, acts=change(tuple(reply.acts)))

    return answer


def _joined(acts: Iterable[Act]) -> bytes:
    return b"".join(act for act in acts if isinstance(act, bytes))


# The wire of the Responses API.


def frame(event: Json) -> bytes:
    """An event as server-sent event."""
    return f"event: {event['type']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n".encode()


def sequence_of(act: Act) -> int | None:
    """The number of the event in these bytes."""
    found = re.search(rb'"sequence_number": ?(\d+)', act) if isinstance(act, bytes) else None
    return int(found[1]) if found else None


def response_id(request: Request) -> str:
    """The id of the response to a request."""
    return f"resp_{request.number:04d}"


def _events(answer: Said, request: Request) -> Iterator[Json]:
    """The events of a response, numbered from 0."""
    for number, event in enumerate(_bare_events(answer, request)):
        yield event | {"sequence_number": number}


def _bare_events(answer: Said, request: Request) -> Iterator[Json]:
    under_way = _response(answer, request, "in_progress", [], None)
    yield {"type": "response.created", "response": under_way}
    yield {"type": "response.in_progress", "response": under_way}
    items = []
    for index, output in enumerate(answer.outputs):
        item = item_of(output, request.number, index)
        items.append(item)
        yield {"type": "response.output_item.added", "output_index": index, "item": _opened(item)}
        for event in _inside(output, item):
            yield event | {"item_id": item["id"], "output_index": index}
        if answer.status == "completed" or index + 1 < len(answer.outputs):
            yield {"type": "response.output_item.done", "output_index": index, "item": item}
        elif answer.status == "incomplete":
            item = items[-1] = item | {"status": "incomplete"}
            yield {"type": "response.output_item.done", "output_index": index, "item": item}
    whole = _response(answer, request, answer.status, items, answer.used(request))
    yield {"type": f"response.{answer.status}", "response": whole}


def _response(answer: Said, request: Request, state: str, output: list[Json], usage: Json | None) -> Json:
    body = request.body
    return {
        "id": response_id(request),
        "object": "response",
        "created_at": 1_772_972_923,
        "status": state,
        "background": bool(body.get("background")),
        "error": answer.error if state == "failed" else None,
        "incomplete_details": {"reason": answer.reason} if state == "incomplete" else None,
        "instructions": None,
        "max_output_tokens": None,
        "model": answer.model or body.get("model", ""),
        "output": output,
        "parallel_tool_calls": True,
        "previous_response_id": body.get("previous_response_id"),
        "prompt_cache_key": body.get("prompt_cache_key"),
        "reasoning": {"effort": None, "summary": None} | (body.get("reasoning") or {}),
        "service_tier": answer.tier or _tier(body.get("service_tier")),
        "store": body.get("store", True),
        "temperature": 1.0,
        "text": body.get("text") or {"format": {"type": "text"}},
        "tool_choice": body.get("tool_choice", "auto"),
        "tools": [],
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": usage,
        "metadata": {},
    }


def _tier(asked: str | None) -> str:
    return "default" if asked in (None, "auto") else asked


def item_of(output: Output, number: int, index: int) -> Json:
    """The finished output item; its ids are made of the request's number and its place."""
    spot = f"{number:04d}_{index}"
    match output:
        case Message(words, _, refusal):
            part = {"type": "refusal", "refusal": words} if refusal else _text_part(words)
            return {
                "id": f"msg_{spot}",
                "type": "message",
                "role": "assistant",
                "status": "completed",
                "content": [part],
            }
        case Call():
            named = {"call_id": f"call_{spot}", "name": output.name, "arguments": output.words}
            return {"id": f"fc_{spot}", "type": "function_call", "status": "completed"} | named
        case Thought(summary, encrypted):
            parts = [{"type": "summary_text", "text": summary}] if summary else []
            item = {"id": f"rs_{spot}", "type": "reasoning", "summary": parts}
            return item | ({"encrypted_content": encrypted} if encrypted else {})
        case Raw(item):
            return {"id": f"raw_{spot}", **item}


def _text_part(words: str) -> Json:
    return {"type": "output_text", "text": words, "annotations": [], "logprobs": []}


def _opened(item: Json) -> Json:
    """The item as it is told of before anything is in it."""
    empty: dict[str, Any] = {
        "message": {"content": []},
        "function_call": {"arguments": ""},
        "reasoning": {"summary": []},
    }
    begun: Json = item | empty.get(item["type"], {})
    return begun | ({"status": "in_progress"} if "status" in item else {})


def _inside(output: Output, item: Json) -> Iterator[Json]:
    match output:
        case Message(words, size, refusal):
            yield from _message(words, size, item["content"][0], "refusal" if refusal else "output_text")
        case Call(_, _, size):
            for piece in _pieces(output.words, size):
                yield {"type": "response.function_call_arguments.delta", "delta": piece}
            yield {"type": "response.function_call_arguments.done", "arguments": output.words}
        case Thought(summary, _, size) if summary:
            yield from _summary(summary, size)
        case Raw(_, kinds):
            yield from ({"type": kind} for kind in kinds)


def _message(words: str, size: int, part: Json, kind: str) -> Iterator[Json]:
    spot = {"content_index": 0}
    key = "refusal" if kind == "refusal" else "text"
    yield {"type": "response.content_part.added", "part": part | {key: ""}} | spot
    for piece in _pieces(words, size):
        yield {"type": f"response.{kind}.delta", "delta": piece} | spot
    yield {"type": f"response.{kind}.done", key: words} | spot
    yield {"type": "response.content_part.done", "part": part} | spot


def _summary(words: str, size: int) -> Iterator[Json]:
    spot = {"summary_index": 0}
    part = {"type": "summary_text", "text": words}
    yield {"type": "response.reasoning_summary_part.added", "part": part | {"text": ""}} | spot
    for piece in _pieces(words, size):
        yield {"type": "response.reasoning_summary_text.delta", "delta": piece} | spot
    yield {"type": "response.reasoning_summary_text.done", "text": words} | spot
    yield {"type": "response.reasoning_summary_part.done", "part": part} | spot


def _pieces(words: str, size: int) -> Iterator[str]:
    return (words[start : start + size] for start in range(0, len(words), size))


def _words(output: Output) -> str:
    match output:
        case Message():
            return output.text
        case Call():
            return output.words
        case Thought():
            return output.summary + output.encrypted
        case Raw():
            return json.dumps(output.item)


# The wire of Chat Completions.


def _chat(answer: Said, request: Request) -> Reply:
    finish = _finish(answer)
    head = {
        "id": f"chatcmpl-{request.number:04d}",
        "created": 1_772_972_923,
        "model": answer.model or request.body["model"],
    }
    if not request.body.get("stream"):
        choice = {"index": 0, "message": _chat_message(answer, request), "finish_reason": finish}
        whole = head | {"object": "chat.completion", "choices": [choice], "usage": _chat_usage(answer, request)}
        return Reply(headers=JSON, acts=(json.dumps(whole).encode(),), whole=True)
    head["object"] = "chat.completion.chunk"
    rows: list[Json] = [
        head | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in _deltas(answer, request)
    ]
    rows.append(head | {"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]})
    if (request.body.get("stream_options") or {}).get("include_usage"):
        rows.append(head | {"choices": [], "usage": _chat_usage(answer, request)})
    acts = tuple(f"data: {json.dumps(row, ensure_ascii=False)}\n\n".encode() for row in rows)
    return Reply(headers=SSE, acts=(*acts, b"data: [DONE]\n\n"))


def _finish(answer: Said) -> str:
    if answer.status == "incomplete":
        return "length" if answer.reason == "max_output_tokens" else "content_filter"
    return "tool_calls" if any(isinstance(output, Call) for output in answer.outputs) else "stop"


def _chat_message(answer: Said, request: Request) -> Json:
    items = [item_of(output, request.number, index) for index, output in enumerate(answer.outputs)]
    words = "".join(output.text for output in answer.outputs if isinstance(output, Message))
    message: Json = {"role": "assistant", "content": words or None}
    rows = [item for item in items if item["type"] == "function_call"]
    asked = [_chat_call(row["call_id"], row["name"], row["arguments"]) for row in rows]
    return message | ({"tool_calls": asked} if asked else {})


def _chat_call(call: str, name: str, arguments: str) -> Json:
    return {"id": call, "type": "function", "function": {"name": name, "arguments": arguments}}


def _deltas(answer: Said, request: Request) -> Iterator[Json]:
    yield {"role": "assistant", "content": ""}
    place = 0
    for index, output in enumerate(answer.outputs):
        match output:
            case Message(words, size, _):
                yield from ({"content": piece} for piece in _pieces(words, size))
            case Thought(summary, _, size):
                yield from ({"reasoning_content": piece} for piece in _pieces(summary, size))
            case Call(name, _, size):
                call = item_of(output, request.number, index)["call_id"]
                yield {"tool_calls": [{"index": place} | _chat_call(call, name, "")]}
                for piece in _pieces(output.words, size):
                    yield {"tool_calls": [{"index": place, "function": {"arguments": piece}}]}
                place += 1
            case Raw():
                pass


def _chat_usage(answer: Said, request: Request) -> Json | None:
    usage = answer.used(request)
    if usage is None:
        return None
    return {
        "prompt_tokens": usage["input_tokens"],
        "prompt_tokens_details": usage["input_tokens_details"],
        "completion_tokens": usage["output_tokens"],
        "completion_tokens_details": usage["output_tokens_details"],
        "total_tokens": usage["total_tokens"],
    }
