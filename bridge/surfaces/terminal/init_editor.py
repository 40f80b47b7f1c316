"""`harness-bridge init-editor`: the configuration of an editor, ready to be redirected into a file."""

import os
import shlex
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bridge.surfaces.terminal import editor_texts
from bridge.surfaces.terminal.exits import Exit
from bridge.surfaces.terminal.output import Out

PROGRAM = "harness-bridge"


@dataclass(frozen=True, slots=True)
class Editor:
    """How an editor is set up.

    `text` makes the configuration from the daemon's command; `into` is what to type in a shell to put it where it
    belongs, with `{}` for the command that prints it; `steps` say the rest.
    """

    title: str
    text: Callable[[Sequence[str]], str]
    into: str
    steps: tuple[str, ...]


_ASK = "Then write a comment `agent: rename total to grand_total` in a project under git, and on it"

EDITORS: Mapping[str, Editor] = {
    "nvim": Editor(
        "Neovim",
        editor_texts.nvim,
        "mkdir -p ~/.config/nvim/plugin && {} > ~/.config/nvim/plugin/harness.lua",
        (
            "Put it into init.lua, or into a file that Neovim reads by itself: ~/.config/nvim/plugin/harness.lua.",
            f"{_ASK} press gra: *Ask agent*.",
        ),
    ),
    "vscode": Editor(
        "VS Code",
        editor_texts.vscode,
        "{}",
        (
            "Put this into settings.json (Ctrl+Shift+P, Preferences: Open User Settings (JSON)), within its braces.",
            "The extension is made from the source, with Node.js 20 or newer:",
            "  cd vscode-extension && npm ci && npm run package",
            "  code --install-extension dist/harness-bridge.vsix     (or codium, or code-server)",
            "Then open a folder, select code, press Ctrl+K A, and say what you want.",
        ),
    ),
    "helix": Editor(
        "Helix",
        editor_texts.helix,
        "mkdir -p ~/.config/helix && {} >> ~/.config/helix/languages.toml",
        (
            "Put it into ~/.config/helix/languages.toml; hx --health python shows whether the server is found.",
            f"{_ASK} press space a: *Ask agent*.",
        ),
    ),
    "emacs": Editor(
        "Emacs",
        editor_texts.emacs,
        "{} >> ~/.emacs.d/init.el",
        (
            "Put it into init.el, or ~/.emacs where you have that. It serves Eglot and lsp-mode, whichever you use.",
            f"{_ASK} run M-x eglot-code-actions (lsp-mode: M-x lsp-execute-code-action): *Ask agent*.",
        ),
    ),
}


def init_editor(name: str, command: Sequence[str], out: Out, aside: Out) -> Exit:
    """Print the configuration to `out`, and nothing else; where it belongs and what comes next to `aside`."""
    editor = EDITORS[name]
    out.write(editor.text(command))
    aside.write("".join(f"{line}\n" for line in ("", *editor.steps)))
    if out.broken:
        aside.write("harness-bridge: the configuration could not be written.\n")
        return Exit.ENVIRONMENT
    return Exit.DONE


def how_to_set_up(name: str, command: Sequence[str]) -> str:
    """The command to type."""
    return EDITORS[name].into.format(shlex.join((*command, "init-editor", name)))


def own_command(argv0: str, environ: Mapping[str, str], python: str = sys.executable) -> tuple[str, ...]:
    """How an editor starts this very program: by its name where the PATH leads to it, else by its absolute path.

    Started as a module, and with no script beside Python, it is the interpreter with `-P`: a workspace may have a
    folder named as our package.
    """
    script = _script(argv0, python)
    if script is None:
        return (python, "-P", "-m", "bridge")
    on_path = shutil.which(PROGRAM, path=environ.get("PATH"))
    if on_path is not None and _same(Path(on_path), script):
        return (PROGRAM,)
    return (str(script),)


def _script(argv0: str, python: str) -> Path | None:
    """The installed script that runs, else the one beside Python."""
    given, beside = Path(argv0), Path(python).with_name(PROGRAM)
    for path in (given, beside):
        if path.name == PROGRAM and path.is_file() and os.access(path, os.X_OK):
            return path.absolute()
    return None


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
