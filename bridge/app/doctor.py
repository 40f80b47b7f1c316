"""What the bridge needs, looked at: one finding a thing. Nothing is changed; the network is touched only on demand."""

import os
import shlex
import shutil
import stat
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from time import monotonic
from typing import Literal
from urllib.parse import urlsplit

import anyio
import anyio.to_thread

from bridge.app.keys import ENVIRONMENT_KEYS, HINT, OPENAI_KEY, SystemKeyring, find_key, goes_open, host_of, is_openai
from bridge.app.models import OFFLINE, SCRIPTED, ChosenModels, NoModel, is_service
from bridge.app.process import LocalProcess
from bridge.app.reading import PREFIX
from bridge.app.settings import Settings, environment_settings
from bridge.harness.cost.prices import KnownPrices
from bridge.harness.errors import FileProblem, ModelProblem
from bridge.harness.isolate import isolate
from bridge.harness.models import catalogue
from bridge.harness.models.scripted import load_script
from bridge.harness.permissions.policy import Setting, decide
from bridge.harness.ports.process import ChildEnded, Completed
from bridge.harness.refactoring.values import FindSymbol, Refused, Request, Symbol, Usages
from bridge.harness.refactoring.wire import BadLine, Reply, decode, encode
from bridge.harness.tools.refactorer import WORKER
from bridge.harness.tools.search import rg_program
from bridge.harness.values.policy import Effect, Subj, SubjectKind

LIMIT_S = 3.5
"""For everything together: a doctor that keeps one waiting is not asked again."""

PROGRAM_S = 2.0
"""For one program to tell its version."""

LEAST_FREE = 100 << 20
"""Bytes. A long session with large files needs some tens of megabytes."""

LIBRARIES = ("rope", "libcst", "ruff")

State = Literal["ok", "warning", "missing"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One row. `mend`: the command or setting to use, in one line; `needed`: without it the bridge is of no use.

    A check leaves `name` and `needed` to `look`.
    """

    name: str
    state: State
    seen: str
    mend: str = ""
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Around:
    """Where the bridge would work, and with what. `network`: it may be tried."""

    environ: Mapping[str, str]
    cwd: Path
    network: bool = False
    python: str = sys.executable
    worker: Sequence[str] = WORKER

    @property
    def settings(self) -> Settings:
        """As the environment has them. Without a home folder the state folder is relative, and no folder to use."""
        try:
            return environment_settings(self.environ)
        except RuntimeError:  # a `~` that leads nowhere
            return Settings(Path("~"), model=self.environ.get("HARNESS_BRIDGE_MODEL", ""))

    def which(self, program: str) -> str | None:
        """A program on the PATH."""
        return shutil.which(program, path=self.environ.get("PATH", os.defpath))


# In a process of its own: asking for a host's address can't be cut short.
_CONNECT = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 2).close()"

Check = Callable[[Around], Awaitable[Finding]]


async def look(checks: Mapping[str, Check], around: Around, limit: float = LIMIT_S) -> tuple[Finding, ...]:
    """All checks at once; their findings in order. What fails, or takes longer than `limit`, is not taken for there."""
    found = {name: _unknown(name, f"no answer in {limit:g} s") for name in checks}

    async def one(name: str, check: Check) -> None:
        with isolate(f"doctor: {name}") as fault:
            found[name] = replace(await check(around), name=name, needed=name in NEEDED)
        if fault.error is not None:
            found[name] = _unknown(name, f"it could not be looked at: {fault.error!r}")

    with anyio.move_on_after(limit):
        async with anyio.create_task_group() as group:
            for name, check in checks.items():
                group.start_soon(one, name, check)
    return tuple(found.values())


async def output(
    argv: Sequence[str], cwd: Path | None = None, stdin: bytes = b"", limit: float = PROGRAM_S
) -> Completed | None:
    """What a program printed; None where it can't be run, or is not done in time. It runs in `/` unless told."""
    with anyio.move_on_after(limit):
        try:
            return await LocalProcess().run(argv, cwd or Path("/"), stdin)
        except FileProblem:
            return None
    return None


def first_line(done: Completed) -> str:
    """Of its output."""
    return done.stdout.decode("utf-8", "replace").strip().partition("\n")[0].rstrip()


async def workspace(around: Around) -> Finding:
    """A folder that can be listed. A relative one stands for a current folder that is gone."""
    if not around.cwd.is_absolute():
        return Finding("", "missing", "the current folder is gone", "Name a folder with --cwd.")
    try:
        await anyio.to_thread.run_sync(os.listdir, around.cwd, abandon_on_cancel=True)
    except OSError as error:
        return Finding("", "missing", f"{around.cwd}: {error.strerror}", "Name a folder with --cwd.")
    return Finding("", "ok", str(around.cwd))


async def settings(around: Around) -> Finding:
    """Whether all that the environment says can be used."""
    remarks = around.settings.remarks
    if remarks:
        return Finding("", "warning", " ".join(remarks), "Correct it, or unset it.")
    count = sum(name.startswith(PREFIX) for name in around.environ)
    return Finding("", "ok", f"{count or 'no'} variable{'' if count == 1 else 's'} {PREFIX}…; all can be used")


async def model(around: Around) -> Finding:
    """Which model answers, who says so, where it is, and whether its window and its price are known."""
    settings = around.settings
    name = settings.model or OFFLINE
    origin = "by HARNESS_BRIDGE_MODEL" if settings.model else "the default"
    if is_service(settings) and settings.base_url:
        return await _service(settings, f"{name}, {origin}")
    if is_service(settings):
        mend = "Correct HARNESS_BRIDGE_BASE_URL."
        return Finding("", "missing", f"{name}, {origin}: the address of its service is none", mend)
    if isinstance(ChosenModels(settings, around.environ).named(""), NoModel):
        mend = "Name a script: HARNESS_BRIDGE_SCRIPT, `script` in the editor, or --script."
        return Finding("", "missing", f"{name}, {origin}: it can't be used here", mend)
    script = Path(name.partition(":")[2]) if ":" in name else settings.script
    if name.startswith(SCRIPTED) and script is not None:
        try:
            await anyio.to_thread.run_sync(load_script, script.expanduser(), abandon_on_cancel=True)
        except (ModelProblem, RuntimeError) as problem:
            return Finding("", "missing", f"{name}, {origin}: {problem}", "Correct the script.")
    return Finding("", "ok", f"{name}, {origin}; an editor's setting or --model goes before it")


async def _service(settings: Settings, named: str) -> Finding:
    window = catalogue.info(settings.model, settings.window).window
    prices = KnownPrices(settings.prices, settings.base_url)
    price = await anyio.to_thread.run_sync(prices.price, settings.model, "", abandon_on_cancel=True)
    cost = f"${price.input:f} in, ${price.output:f} out for a million tokens" if price else "its price is not known"
    seen = f"{named}: at {settings.base_url} ({settings.api}); {cost}"
    if window is None:
        mend = "Set HARNESS_BRIDGE_WINDOW to its context window in tokens: sessions are then compacted in time."
        return Finding("", "warning", f"{seen}; its context window is not known", mend)
    return Finding("", "ok", f"{seen}; a window of {window:,} tokens")


async def key(around: Around) -> Finding:
    """Where the key of the chosen model comes from; never which."""
    settings = around.settings
    if not is_service(settings):
        found = [name for name in ENVIRONMENT_KEYS if around.environ.get(name)]
        seen = f"{' and '.join(found)} set; not used until a model is named" if found else "none is needed"
        return Finding("", "ok", seen)
    host, keyring = host_of(settings.base_url), SystemKeyring(PROGRAM_S)
    one = await anyio.to_thread.run_sync(find_key, settings.base_url, around.environ, keyring, abandon_on_cancel=True)
    if one is None and is_openai(settings.base_url):
        return Finding("", "missing", f"there is none for {host}", HINT)
    if one is None:
        other = f"; {OPENAI_KEY} is for OpenAI and for the host in OPENAI_BASE_URL alone"
        aside = other if around.environ.get(OPENAI_KEY) else ""
        return Finding("", "ok", f"none for {host}: it is called without one{aside}")
    if goes_open(settings.base_url):
        mend = "Use https, if the server has it."
        return Finding("", "warning", f"{one.source}, for {host}; it goes over the network unencrypted", mend)
    return Finding("", "ok", f"{one.source}, for {host}")


async def network(around: Around) -> Finding:
    """Whether the model's host can be reached: a connection, and not a byte."""
    needed = is_service(around.settings)
    aside = "" if needed else "; not needed offline"
    if not around.settings.base_url:
        return Finding("", "warning", "the address of the model's service is none", "Correct HARNESS_BRIDGE_BASE_URL.")
    if not around.network:
        return Finding("", "ok", f"not tried{'' if needed else ', and not needed'}; `doctor --network` tries it")
    url = urlsplit(around.settings.base_url)
    host, port = url.hostname or "", url.port or (80 if url.scheme == "http" else 443)
    done = await output([sys.executable, "-I", "-S", "-c", _CONNECT, host, str(port)])
    if done is None:
        return Finding("", "warning", f"{host}:{port} did not answer in {PROGRAM_S:g} s{aside}")
    if done.code != 0:
        why = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        return Finding("", "warning", f"{host}:{port} can't be reached{aside}. {why}")
    return Finding("", "ok", f"{host}:{port} can be reached; nothing was sent")


async def trust(around: Around) -> Finding:
    """What is allowed now: the policy itself is asked."""
    settings = around.settings
    setting = Setting(around.cwd, settings.mode, settings.rules)
    inside, outside = str(around.cwd / "a-file"), str(Path(around.cwd.anchor) / "elsewhere" / "a-file")

    def effect(kind: SubjectKind, path: str) -> Effect:
        return decide("", [Subj(kind, path, path, path == inside)], setting).effect

    words = {"allow": "is allowed", "ask": "asks you", "deny": "is denied"}
    asked = {
        "reading here": effect("read", inside),
        "editing here": effect("edit", inside),
        "reading elsewhere": effect("read", outside),
    }
    said = ", ".join(f"{what} {words[answer]}" for what, answer in asked.items())
    trusted = "trusted" if setting.trusted else "not trusted: its own rules may only forbid or ask"
    return Finding("", "ok", f"mode {settings.mode}: {said}; the workspace is {trusted}")


async def state_folder(around: Around) -> Finding:
    """Where sessions are kept: that it can be written, and by whom it can be read."""
    return await anyio.to_thread.run_sync(_state_folder, around.settings.state_dir, abandon_on_cancel=True)


def _state_folder(folder: Path) -> Finding:
    mend = "Name another folder: HARNESS_BRIDGE_STATE_DIR, or `stateDir` in the editor."
    if not folder.is_absolute():
        return Finding("", "missing", "there is no home folder to keep sessions in", mend)
    if not folder.exists():
        above = next(parent for parent in folder.parents if parent.exists())
        if above.is_dir() and os.access(above, os.W_OK | os.X_OK):
            return Finding("", "ok", f"{folder}, made when first needed")
        return Finding("", "missing", f"{folder} can't be made: {above} can't be written", mend)
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
    except OSError as error:
        return Finding("", "missing", f"{folder} can't be written: {error.strerror}", mend)
    mode = stat.S_IMODE(folder.stat().st_mode)
    free = shutil.disk_usage(folder).free
    sessions = sum(1 for _ in (folder / "sessions").glob("*/*.jsonl"))
    seen = f"{folder}, {mode:04o}, {_size(free)} free, {sessions} session{'' if sessions == 1 else 's'}"
    if mode & 0o077:
        return Finding("", "warning", f"{seen}; others can look into it", f"chmod 700 {shlex.quote(str(folder))}")
    if free < LEAST_FREE:
        return Finding("", "warning", f"{seen}; that is little", "Make room on its disk.")
    return Finding("", "ok", seen)


async def ripgrep(around: Around) -> Finding:
    """The program that searches: found, and run."""
    mend = "pip install --force-reinstall ripgrep==14.1.0, or your system's package ripgrep"
    try:
        program = rg_program(around.python, around.environ.get("PATH", os.defpath))
    except FileProblem:
        return Finding("", "missing", "rg is neither beside Python nor on the PATH", mend)
    done = await output([program, "--no-config", "--version"])
    if done is None or done.code != 0:
        return Finding("", "missing", f"{program} does not run", mend)
    return Finding("", "ok", f"{first_line(done).removeprefix('ripgrep ')} at {program}")


async def worker(around: Around) -> Finding:
    """The process that refactors: started, and asked for a name in a text that it is given."""
    mend = "pip install --force-reinstall harness-bridge"
    request = Request(1, "/", ("a.py",), {"a.py": "def total(): ...\n"}, FindSymbol(Symbol(name="total")))
    since = monotonic()
    try:
        child = await LocalProcess().start(around.worker, Path("/"))
        try:
            answer = decode(Reply, await child.ask(encode(request))).answer
        finally:
            await child.end()
    except (FileProblem, ChildEnded, BadLine) as problem:
        return Finding("", "missing", f"the worker does not answer: {problem}", mend)
    if not isinstance(answer, Usages) or not answer.definitions:
        why = answer.why if isinstance(answer, Refused) else "nothing was found in a text of one line"
        return Finding("", "missing", f"the worker answers wrongly: {why}", mend)
    libraries = ", ".join(f"{name} {_version(name)}" for name in LIBRARIES)
    return Finding("", "ok", f"starts and answers in {monotonic() - since:.1f} s; {libraries}")


CHECKS: Mapping[str, Check] = {
    "workspace": workspace,
    "settings": settings,
    "model": model,
    "key": key,
    "network": network,
    "trust": trust,
    "state folder": state_folder,
    "refactoring": worker,
    "ripgrep": ripgrep,
}


NEEDED = frozenset({"workspace", "model", "key", "state folder", "refactoring", "ripgrep"})


def _unknown(name: str, why: str) -> Finding:
    needed = name in NEEDED
    return Finding(name, "missing" if needed else "warning", why, needed=needed)


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "(not installed)"


def _size(count: int) -> str:
    return f"{count >> 30} GB" if count >> 30 else f"{count >> 20} MB"
