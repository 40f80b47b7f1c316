"""What a log costs: in proportion to what is new."""

import statistics
import time
from pathlib import Path

import pytest

from bridge.harness.session.log import SessionLog, read_log
from bridge.harness.session.records import encode
from bridge.harness.session.transcript import Transcript
from bridge.harness.values.events import ItemDone, Note, Prompt, Recorded, TurnEnded
from tests.harness.session.samples import TURN
from tests.support.fakes import FakeClock


@pytest.mark.anyio
async def test_appending_the_10_000th_event_costs_as_the_10th(tmp_path: Path) -> None:
    log = SessionLog.create(tmp_path / "s1.jsonl", FakeClock())
    took: list[float] = []
    for _ in range(10_000):
        began = time.perf_counter()
        await log.append(Note("x" * 100))
        took.append(time.perf_counter() - began)
    log.close()
    assert statistics.median(took[-1000:]) < 5 * statistics.median(took[:1000])


@pytest.mark.slow
def test_a_history_of_20_mb_with_one_huge_record_is_resumed_in_two_seconds(tmp_path: Path) -> None:
    path = tmp_path / "s1.jsonl"
    text = "some words of a model, with é and \U0001f600; " * 40
    body = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": text}]}
    events = [Prompt(TURN, "go"), ItemDone(TURN, 1, {**body, "blob": "x" * 1_700_000})]
    events += [ItemDone(TURN, 1, body)] * 9_000
    events.append(TurnEnded(TURN, "end_turn"))
    path.write_bytes(b"".join(encode(Recorded(n, 0.0, event)) for n, event in enumerate(events, start=1)))
    assert path.stat().st_size > 20_000_000
    began = time.perf_counter()
    log, loaded = SessionLog.resume(path, FakeClock())
    Transcript.of(record.event for record in loaded.records)
    took = time.perf_counter() - began
    log.close()
    assert len(read_log(path).records) == len(events)
    assert took < 2.0
