"""The LiteLLM proxy, a model gateway of somebody else's: installed into the tests' cache by its lock, and started.

It speaks the Responses API and Chat Completions; behind it stands a model server of the tests.
"""

import contextlib
import hashlib
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.support.corpora import PROJECT
from tests.support.eventually import eventually
from tests.support.vscode_install import Missing, cache_folder

LOCK = PROJECT / "tests" / "e2e" / "litellm.lock"
KEY = "key-of-the-gateway"
MODEL = "tiny"

INSTALL_S = 600
START_S = 180
"""Its own imports take 20 s on two cores that others use too."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where it listens, and its log."""

    base_url: str
    log: Path


def installed() -> Path:
    """Its Python. Skips where the registry can't be reached; in CI that is a failure."""
    folder = cache_folder() / f"litellm-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        if not folder.is_dir():
            _install(folder)
    except Missing as missing:
        pytest.fail(str(missing)) if os.environ.get("CI") else pytest.skip(str(missing))
    return folder / "bin" / "python"


def _install(folder: Path) -> None:
    """Whole or not at all. Of two that do it at once, one finds the other's there."""
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="partial-") as partial:
        fresh = Path(partial) / "all"
        _uv("venv", "--relocatable", "--python", sys.executable, str(fresh))
        _uv("pip", "install", "--no-deps", "--python", str(fresh / "bin" / "python"), "--requirement", str(LOCK))
        with contextlib.suppress(FileExistsError, OSError):
            fresh.rename(folder)


def _uv(*arguments: str) -> None:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "uv", "--quiet", *arguments],
            capture_output=True,
            text=True,
            timeout=INSTALL_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Missing(f"the LiteLLM proxy could not be had from the registry in {INSTALL_S} s") from None
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise Missing(f"the LiteLLM proxy could not be had from the registry: {last}")


@contextmanager
def running(upstream: str, folder: Path) -> Iterator[Proxy]:
    """The proxy with one model, `MODEL`, which it asks for at `upstream` by Chat Completions."""
    python = installed()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    # A provider of which it knows no Responses API: it makes that one from Chat Completions itself.
    model = {"model": f"lm_studio/{MODEL}", "api_base": upstream, "api_key": "none"}
    config = {
        "model_list": [{"model_name": MODEL, "litellm_params": model}],
        "litellm_settings": {"telemetry": False, "num_retries": 0},
        "router_settings": {"num_retries": 0},
        "general_settings": {"master_key": KEY},
    }
    (folder / "config.yaml").write_text(json.dumps(config))
    log = folder / "proxy.log"
    program = [str(python), "-P", "-c", "from litellm import run_server; run_server()"]
    options = ["--config", str(folder / "config.yaml"), "--host", "127.0.0.1", "--port", str(port)]
    env = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    env |= {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "NO_PROXY": "127.0.0.1"}
    with log.open("wb") as out, subprocess.Popen([*program, *options], env=env, stdout=out, stderr=out) as process:
        try:
            _wait(process, port, log)
            yield Proxy(f"http://127.0.0.1:{port}/v1", log)
        finally:
            process.terminate()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Until it answers that it is ready."""

    def ready() -> bool:
        if process.poll() is not None:
            raise RuntimeError(f"the proxy has ended: {log.read_text(errors='replace')[-3000:]}")
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/health/readiness")
            return connection.getresponse().status == HTTPStatus.OK
        except OSError:
            return False
        finally:
            connection.close()

    eventually(lambda: ready() or None, START_S)
