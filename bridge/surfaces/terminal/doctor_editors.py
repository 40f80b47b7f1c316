"""Which editors are here, whether they are new enough, and whether each seems set up for Harness Bridge."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import anyio.to_thread

from bridge.app.doctor import Around, Check, Finding, first_line, output
from bridge.surfaces.terminal.init_editor import PROGRAM, how_to_set_up

LARGEST = 256 << 10
"""Bytes of a configuration file that is looked into."""

MOST_FILES = 500

EXTENSION = "harness-bridge.harness-bridge-"
"""How the folder of the extension begins: publisher, name, version."""


@dataclass(frozen=True, slots=True)
class Known:
    """An editor. `version` finds its number in what `--version` prints; `least` is the oldest that will do.

    `configs`: files, or folders of files, that may name us, from the home folder or, where they begin with `config`,
    from the folder for configuration. `extensions`: folders that may hold the extension.
    """

    name: str
    programs: tuple[str, ...]
    version: str
    least: tuple[int, ...]
    configs: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()


_CODE = r"\A(?:.* with Code )?(\d+(?:\.\d+)+)"
_FAMILY = "VS Code"

KNOWN: Mapping[str, tuple[Known, ...]] = {
    "nvim": (Known("Neovim", ("nvim",), r"NVIM v(\d+(?:\.\d+)+)", (0, 11), ("config/nvim",)),),
    "vscode": (
        Known(_FAMILY, ("code",), _CODE, (1, 91), (), (".vscode/extensions", ".vscode-server/extensions")),
        Known("VSCodium", ("codium",), _CODE, (1, 91), (), (".vscode-oss/extensions",)),
        Known("code-server", ("code-server",), _CODE, (1, 91), (), (".local/share/code-server/extensions",)),
    ),
    "helix": (Known("Helix", ("hx", "helix"), r"helix (\d+(?:\.\d+)+)", (23, 10), ("config/helix/languages.toml",)),),
    "emacs": (
        Known(
            "Emacs",
            ("emacs",),
            r"Emacs (\d+(?:\.\d+)+)",
            (28,),
            (".emacs", ".emacs.el", ".emacs.d", "config/emacs", ".doom.d", "config/doom"),
        ),
    ),
}


def editors(command: Sequence[str]) -> Mapping[str, Check]:
    """The checks. `command` starts this very program."""
    return {
        known.name: partial(_editor, how_to_set_up(kind, command), known)
        for kind, family in KNOWN.items()
        for known in family
    }


def is_worth_a_row(finding: Finding) -> bool:
    """The relatives of VS Code are told of where they are found."""
    relatives = {known.name for known in KNOWN["vscode"]} - {_FAMILY}
    return finding.state != "missing" or finding.name not in relatives


async def _editor(mend: str, known: Known, around: Around) -> Finding:
    program = next((found for name in known.programs if (found := around.which(name))), None)
    if program is None:
        return Finding("", "missing", f"not found ({', '.join(known.programs)})")
    done = await output([program, "--version"])
    number = _version(known, done.stdout.decode("utf-8", "replace")) if done is not None else None
    if number is None:
        told = f": {first_line(done)[:60]}" if done is not None and first_line(done) else ""
        return Finding("", "warning", f"{program} does not tell its version{told}")
    if tuple(int(part) for part in number.split(".")) < known.least:
        least = ".".join(str(part) for part in known.least)
        return Finding("", "warning", f"{number} at {program}; {least} or newer is needed", f"Update {known.name}.")
    where = await anyio.to_thread.run_sync(_set_up, known, around, abandon_on_cancel=True)
    if where is None:
        return Finding("", "warning", f"{number}, not set up for Harness Bridge", mend)
    return Finding("", "ok", f"{number}, set up in {where}")


def _version(known: Known, text: str) -> str | None:
    found = re.search(known.version, text)
    return found[1] if found else None


def _set_up(known: Known, around: Around) -> Path | None:
    """The file or folder by which it seems to be; None where there is none, or no home folder to look in."""
    home = around.environ.get("HOME")
    if not home:
        return None
    config = Path(around.environ.get("XDG_CONFIG_HOME") or Path(home, ".config"))
    for folder in known.extensions:
        if found := next(Path(home, folder).glob(f"{EXTENSION}*"), None):
            return found
    named = [
        config / name.removeprefix("config/") if name.startswith("config/") else Path(home, name)
        for name in known.configs
    ]
    files = (file for place in named for file in _files(place))
    return next((file for file in islice(files, MOST_FILES) if _names_us(file)), None)


def _files(place: Path) -> Iterator[Path]:
    """The file, or the files of a folder and those below it, but hidden folders and what packages brought."""
    if place.is_file():
        yield place
    for folder, below, names in os.walk(place):
        below[:] = sorted(
            name for name in below if not name.startswith(".") and name not in ("elpa", "straight", "pack")
        )
        yield from (Path(folder, name) for name in sorted(names) if name.endswith((".lua", ".vim", ".el", ".toml")))


def _names_us(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return PROGRAM.encode() in opened.read(LARGEST)
    except OSError:
        return False
