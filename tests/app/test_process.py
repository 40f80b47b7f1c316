"""Child processes of the bridge itself."""

import os
import sys
from pathlib import Path

import anyio
import pytest

from bridge.app.process import LocalProcess
from bridge.harness.errors import FileProblem
from tests.support.eventually import eventually_async

pytestmark = pytest.mark.anyio


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


async def test_output_errors_and_the_code_come_back(tmp_path: Path) -> None:
    code = "import sys; print(sys.stdin.read().upper()); print('bad', file=sys.stderr); sys.exit(3)"
    done = await LocalProcess().run(python(code), tmp_path, b"words")
    assert (done.code, done.stdout, done.stderr, done.cut) == (3, b"WORDS\n", b"bad\n", False)


async def test_a_child_without_input_gets_none(tmp_path: Path) -> None:
    with anyio.fail_after(10):
        done = await LocalProcess().run(python("import sys; print(len(sys.stdin.read()))"), tmp_path)
    assert done.stdout == b"0\n"


async def test_input_that_the_child_does_not_read_is_no_error(tmp_path: Path) -> None:
    done = await LocalProcess().run(python("pass"), tmp_path, b"x" * (4 << 20))
    assert done.code == 0


async def test_endless_output_is_cut_at_the_limit_and_its_writer_ended(tmp_path: Path) -> None:
    code = "import os\nwhile True: os.write(1, b'x' * 65536)"
    with anyio.fail_after(10):
        done = await LocalProcess().run(python(code), tmp_path, limit=100_000)
    assert (len(done.stdout), done.cut) == (100_000, True)


async def test_endless_errors_do_not_stop_the_output(tmp_path: Path) -> None:
    code = "import os\nfor _ in range(100): os.write(2, b'x' * 65536)\nos.write(1, b'done')"
    with anyio.fail_after(10):
        done = await LocalProcess().run(python(code), tmp_path)
    assert (done.stdout, done.code) == (b"done", 0)


async def test_cancelling_ends_the_whole_process_group(tmp_path: Path) -> None:
    code = f"""
import os, pathlib, signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
pathlib.Path({str(tmp_path / "pids")!r}).write_text(f"{{os.getpid()}} {{child.pid}}\\n")
signal.pause()
"""
    pids = tmp_path / "pids"
    async with anyio.create_task_group() as group:
        group.start_soon(LocalProcess().run, python(code), tmp_path)
        await eventually_async(lambda: pids.exists() and pids.read_text().endswith("\n"))
        group.cancel_scope.cancel()
    for pid in map(int, pids.read_text().split()):
        await eventually_async(lambda pid=pid: gone(pid))  # type: ignore[misc]


def gone(pid: int) -> bool:
    """Ended, or waiting for the system to take notice."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(") ")[2].startswith("Z")


async def test_a_program_or_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="no-such-program"):
        await LocalProcess().run(["no-such-program"], tmp_path)
    with pytest.raises(FileProblem, match="nowhere"):
        await LocalProcess().run(python("pass"), tmp_path / "nowhere")
