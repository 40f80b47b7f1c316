"""`harness-bridge run`, `demo`, `doctor`, `init-editor`, `key`, `--version`, `--help`.

Exit codes: 0 the turn ended; 1 the model failed or a limit was met (demo: the check failed); 2 the command line is
wrong; 3 something was asked that nobody could answer: a change was refused, or the turn ended with a question; 4 the
turn was cancelled; 5 a folder, a file or the output could not be used, or accepted text could not be written (doctor:
something needed is missing); 6 the budget is spent; 130 left at once by a second Ctrl-C, or by one while no turn runs.
"""

import argparse
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import anyio

from bridge import __version__
from bridge.app.doctor import Around
from bridge.app.settings import environment_settings
from bridge.harness.models.offline.page import help_text
from bridge.surfaces.terminal.demo import demo
from bridge.surfaces.terminal.doctor import Look, doctor
from bridge.surfaces.terminal.doctor_machine import Terminal
from bridge.surfaces.terminal.exits import MEANING, Exit
from bridge.surfaces.terminal.init_editor import EDITORS, init_editor, own_command
from bridge.surfaces.terminal.key import ACTIONS, key
from bridge.surfaces.terminal.keys import Keys, terminal_keys
from bridge.surfaces.terminal.options import add_run, out_of_place, run_settings
from bridge.surfaces.terminal.output import Descriptor, Palette, Screen, wants_colour
from bridge.surfaces.terminal.run import Console, Request, run

COMMANDS = ("serve", "run", "demo", "init-editor", "doctor", "key")
STDIN, STDOUT, STDERR = 0, 1, 2

_QUESTIONS = """\
Where the agent's last message ends with a question (a sentence of its last paragraph ends in "?", or begins with
"Answer"), your answer is the next prompt; Enter alone ends. Without a terminal that is exit code 3.
What you accepted is taken back with git, or in your editor: there is no undo here."""


def main(argv: list[str]) -> int:
    """Run a subcommand and return its exit code."""
    code: int = Exit.INTERRUPTED
    try:
        code = _main(argv)
    except* KeyboardInterrupt:  # alone, or among what an event loop had to end with
        pass
    return code


def _main(argv: list[str]) -> int:
    if argv and argv[0] not in COMMANDS and not argv[0].startswith("-"):
        known = ", ".join(COMMANDS)
        print(
            f"harness-bridge: there is no command {argv[0]!r}, only {known}. See harness-bridge --help.",
            file=sys.stderr,
        )
        return Exit.USAGE
    try:
        given = parser().parse_args(argv)
    except SystemExit as leaving:  # argparse has said why
        return int(leaving.code or 0)
    return _HANDLERS[given.command](given)


def parser() -> argparse.ArgumentParser:
    codes = "exit codes:\n" + "\n".join(f"  {code.value:<4} {meaning}" for code, meaning in MEANING.items())
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="harness-bridge",
        description="A coding agent behind the editor you already use: it proposes, you approve hunk by hunk.",
        epilog=f"Without a command it is the daemon (serve).\n\n{codes}",
        formatter_class=raw,
    )
    parser.add_argument("--version", action="version", version=f"harness-bridge {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    commands.add_parser("serve", help="be the daemon of an editor: LSP on stdin and stdout; takes no options")
    words = "ask the agent to do something, here, and decide its changes at the keys"
    understood = f"{help_text()}\n\n{codes}"
    more = f"{words}.\n\n{_QUESTIONS}"
    asked = commands.add_parser("run", help=words, description=more, epilog=understood, formatter_class=raw)
    add_run(asked)
    shown = commands.add_parser("demo", help="review a rename across a generated project; no key, no network")
    shown.add_argument("--seed", type=int, help="which project to generate (default: the environment's SEED, or 1)")
    editors = f"print the configuration of an editor: {', '.join(EDITORS)}"
    configured = commands.add_parser("init-editor", help=editors, description=editors)
    configured.add_argument("editor", choices=tuple(EDITORS), metavar="EDITOR", help=", ".join(EDITORS))
    words = "look at what is needed here, and say how to mend what is missing"
    looked = commands.add_parser("doctor", help=words, description=words, epilog=codes, formatter_class=raw)
    looked.add_argument("--cwd", type=Path, default=Path(), help="the workspace (default: the current folder)")
    looked.add_argument("--json", action="store_true", help="print what was found as JSON")
    looked.add_argument(
        "--network", action="store_true", help="also try whether the model's host can be reached; nothing is sent"
    )
    _add_key(commands.add_parser("key", help="keep the key of a model service in the system's keyring"))
    return parser


def _add_key(parser: argparse.ArgumentParser) -> None:
    what = "; ".join(f"{name}: {meaning}" for name, meaning in ACTIONS.items())
    parser.add_argument("action", choices=tuple(ACTIONS), metavar="ACTION", help=what)
    parser.add_argument(
        "--base-url", default="", help="the service's address (default: HARNESS_BRIDGE_BASE_URL, or OpenAI)"
    )


def _run(given: argparse.Namespace) -> int:
    prompt = sys.stdin.buffer.read().decode("utf-8", "replace") if given.prompt == "-" else given.prompt
    if not prompt.strip():
        print("harness-bridge: the prompt is empty.", file=sys.stderr)
        return Exit.USAGE
    settings = run_settings(given, environment_settings(os.environ))
    if wrong := out_of_place(given, settings):
        print(f"harness-bridge: {wrong}", file=sys.stderr)
        return Exit.USAGE
    request = Request(prompt, given.cwd.resolve(), settings, given.approve, given.json, given.schema)
    with _keys(STDERR) as keys:
        answers, aside = Descriptor(STDOUT), Descriptor(STDERR)
        words = answers if given.schema is None else aside
        screen = Screen(words, aside, Palette(wants_colour(os.environ, aside.terminal)))
        return anyio.run(run, request, Console(screen, answers, keys))


def _demo(given: argparse.Namespace) -> int:
    seed = given.seed
    if seed is None:
        text = os.environ.get("SEED") or "1"
        if not text.lstrip("-").isdecimal():
            print(f"harness-bridge: SEED={text!r} is not a whole number.", file=sys.stderr)
            return Exit.USAGE
        seed = int(text)
    with _keys(STDOUT) as keys:
        out = Descriptor(STDOUT)
        screen = Screen(out, out, Palette(wants_colour(os.environ, out.terminal)))
        return anyio.run(partial(demo, seed, screen, keys, paced=out.terminal))


def _doctor(given: argparse.Namespace) -> int:
    out = Descriptor(STDOUT)
    size = shutil.get_terminal_size()
    terminal = Terminal(out.terminal, wants_colour(os.environ, out.terminal), size.columns, size.lines)
    around = Around(os.environ, _absolute(given.cwd), given.network)
    look = Look(around, terminal, own_command(sys.argv[0], os.environ), given.json)
    code = anyio.run(doctor, look, out)
    if threading.active_count() > 1:  # one looks at a pipe, or at a disk that does not answer: it would be waited for
        os._exit(code)
    return code


def _absolute(folder: Path) -> Path:
    """As it is where the current folder is gone: that is a finding."""
    try:
        return folder.absolute()
    except FileNotFoundError:
        return folder


def _serve(_: argparse.Namespace) -> int:
    """The daemon is started before options are looked at."""
    print("harness-bridge: `serve` takes no options.", file=sys.stderr)
    return Exit.USAGE


def _init_editor(given: argparse.Namespace) -> int:
    command = own_command(sys.argv[0], os.environ)
    return init_editor(given.editor, command, Descriptor(STDOUT), Descriptor(STDERR))


def _key(given: argparse.Namespace) -> int:
    return key(given.action, given.base_url, os.environ, Descriptor(STDOUT), Descriptor(STDERR))


_HANDLERS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "serve": _serve,
    "run": _run,
    "demo": _demo,
    "init-editor": _init_editor,
    "doctor": _doctor,
    "key": _key,
}


@contextmanager
def _keys(shown_on: int) -> Iterator[Keys | None]:
    """The person's keys; None where stdin, or the stream on which things are shown, is no terminal."""
    if os.isatty(STDIN) and os.isatty(shown_on):
        with terminal_keys(STDIN) as keys:
            yield keys
    else:
        yield None
