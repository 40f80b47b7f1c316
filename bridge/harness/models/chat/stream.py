"""The chunks of a streamed completion, or one whole completion, as events of the Model port."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from bridge.harness.ids import new_id
from bridge.harness.models.chat.calls import Calls
from bridge.harness.models.service.faults import Refusal, broken, refused
from bridge.harness.models.service.sse import ITEM_LIMIT
from bridge.harness.values.model import Ended, Item, ItemReady, ModelEvent, ReasoningDelta, TextDelta
from bridge.harness.values.usage import Usage

_CUT: Mapping[str, str] = {"length": "max_output_tokens", "content_filter": "content_filter"}
"""The reasons for which an answer is incomplete, in the words of the Responses API. With any other it is complete."""

_REASONING = ("reasoning_content", "reasoning")
"""Fields in which servers put the model's reasoning; none of them is a standard's."""


class Answer:
    """Reads one answer. What is written is an item as soon as something else begins."""

    def __init__(self, secret: str = "", tier: str = "") -> None:
        """`secret` is the key, which is never repeated; `tier` was asked for: the server may not say what it used."""
        self.begun = False  # the server has begun to answer
        self._secret = secret
        self._writing: _Writing | None = None
        self._calls = Calls()
        self._finish = ""
        self._usage: Usage | None = None
        self._model, self._tier = "", tier

    def chunk(self, chunk: Mapping[str, Any]) -> Iterator[ModelEvent]:
        """One event of the stream. Raises `ModelProblem` for a failure that it reports, and for endless items."""
        if chunk.get("error") or chunk.get("type") == "error":
            raise refused(Refusal.of_error(chunk), self._secret)
        self.begun = True
        self._model = str(chunk.get("model") or self._model)
        self._tier = str(chunk.get("service_tier") or self._tier)
        self._usage = usage(chunk.get("usage")) or self._usage
        choices = chunk.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        if not isinstance(choice, Mapping) or choice.get("index") not in (None, 0):
            return
        delta = choice.get("delta") or choice.get("message")
        if isinstance(delta, Mapping):
            yield from self._delta(delta)
        self._finish = str(choice.get("finish_reason") or self._finish)

    def end(self) -> Iterator[ModelEvent]:
        """The stream is over. Raises `ModelProblem` where the answer is not."""
        if not self._finish:
            raise broken("it stopped in the middle")
        reason = _CUT.get(self._finish, "")
        yield from self._close("incomplete" if reason else "completed")
        yield from map(ItemReady, self._calls.rest(cut=bool(reason)))
        status: Literal["completed", "incomplete"] = "incomplete" if reason else "completed"
        yield Ended(status, reason=reason, usage=self._usage, model=self._model, tier=self._tier)

    def _delta(self, delta: Mapping[str, Any]) -> Iterator[ModelEvent]:
        for name in _REASONING:
            if thought := delta.get(name):
                yield from self._write("reasoning", words(thought))
                break
        if content := delta.get("content"):
            yield from self._write("text", words(content))
        if refusal := delta.get("refusal"):
            yield from self._write("refusal", words(refusal))
        calls = delta.get("tool_calls")
        if isinstance(calls, list) and calls:
            yield from self._close("completed")
            for call in calls:
                self._calls.add(call)
                yield from map(ItemReady, self._calls.finished())

    def _write(self, kind: str, text: str) -> Iterator[ModelEvent]:
        if not text:
            return
        if self._writing is None or self._writing.kind != kind:
            yield from self._close("completed")
            self._writing = _Writing(kind)
        yield self._writing.add(text)

    def _close(self, status: str) -> Iterator[ModelEvent]:
        if self._writing is not None:
            yield ItemReady(self._writing.item(status))
            self._writing = None


class _Writing:
    """A message, a refusal or reasoning that is being written."""

    def __init__(self, kind: str) -> None:
        """`kind`: "text", "refusal" or "reasoning"."""
        self.kind = kind
        self._id = f"{'rs' if kind == 'reasoning' else 'msg'}_{new_id()}"
        self._pieces: list[str] = []
        self._length = 0

    def add(self, text: str) -> TextDelta | ReasoningDelta:
        """Take a piece. Raises `ModelProblem` (broken) above ITEM_LIMIT."""
        offset = self._length
        self._length += len(text)
        if self._length > ITEM_LIMIT:
            raise broken(f"an item of it is longer than {ITEM_LIMIT} characters")
        self._pieces.append(text)
        return (ReasoningDelta if self.kind == "reasoning" else TextDelta)(self._id, offset, text)

    def item(self, status: str) -> Item:
        """All of it."""
        text = "".join(self._pieces)
        if self.kind == "reasoning":
            return {"type": "reasoning", "id": self._id, "summary": [{"type": "summary_text", "text": text}]}
        part = {"type": "refusal", "refusal": text}
        if self.kind == "text":
            part = {"type": "output_text", "text": text}
        return {"type": "message", "id": self._id, "role": "assistant", "status": status, "content": [part]}


def words(content: Any) -> str:
    """The text of a content: a string, or parts."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(str(part.get("text") or "") for part in parts if isinstance(part, Mapping))


def usage(told: Any) -> Usage | None:
    """What a server tells of tokens; None where it tells nothing. Nothing but zeros is nothing: no call takes none."""
    if not isinstance(told, Mapping):
        return None
    inside, out = _object(told, "prompt_tokens_details"), _object(told, "completion_tokens_details")
    found = Usage(
        input=_count(told, "prompt_tokens"),
        cached=_count(inside, "cached_tokens") or _count(told, "prompt_cache_hit_tokens"),
        cache_write=_count(inside, "cache_write_tokens"),
        output=_count(told, "completion_tokens"),
        reasoning=_count(out, "reasoning_tokens"),
    )
    return found if found.total else None


def _object(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = told.get(name)
    return value if isinstance(value, Mapping) else {}


def _count(told: Mapping[str, Any], name: str) -> int:
    value = told.get(name)
    return value if isinstance(value, int) and value > 0 else 0
