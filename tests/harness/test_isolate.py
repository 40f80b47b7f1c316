import logging

import anyio
import pytest

from bridge.harness.isolate import isolate


def test_an_exception_ends_the_block_and_is_logged_under_the_incident_that_the_fault_names(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR), isolate("the kettle") as fault:
        raise ValueError("boiled over")
    assert isinstance(fault.error, ValueError)
    assert fault.incident in caplog.text
    assert "the kettle" in caplog.text
    assert "boiled over" in caplog.text


def test_a_block_that_goes_well_leaves_an_empty_fault() -> None:
    with isolate("nothing") as fault:
        pass
    assert (fault.error, fault.incident) == (None, "")


@pytest.mark.anyio
async def test_cancellation_passes_through() -> None:
    with anyio.CancelScope() as scope:
        scope.cancel()
        with isolate("a wait") as fault:
            await anyio.sleep_forever()
    assert scope.cancelled_caught
    assert fault.error is None


def test_a_wish_to_exit_passes_through() -> None:
    with pytest.raises(SystemExit), isolate("a block"):
        raise SystemExit(3)
