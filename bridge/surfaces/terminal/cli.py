"""`harness-bridge run`, `demo`, `--version`, `--help`.

Exit codes: 0 the turn ended; 1 the model failed or a limit was met (demo: the check failed); 2 the command line is
wrong; 3 something was asked that nobody could answer, so it was refused; 4 the turn was cancelled; 5 a folder, a file
or the output could not be used, or accepted text could not be written; 130 left at once by a second Ctrl-C.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import anyio

from bridge import __version__
from bridge.app.settings import Settings, environment_settings
from bridge.surfaces.terminal.demo import demo
from bridge.surfaces.terminal.exits import MEANING, Exit
from bridge.surfaces.terminal.keys import Keys, terminal_keys
from bridge.surfaces.terminal.output import Descriptor, Palette, Screen, wants_colour
from bridge.surfaces.terminal.run import MODES, Console, Request, run

COMMANDS = ("serve", "run", "demo")
STDIN, STDOUT, STDERR = 0, 1, 2


def main(argv: list[str]) -> int:
    """Run a subcommand and return its exit code."""
    if argv and argv[0] not in COMMANDS and not argv[0].startswith("-"):
        known = ", ".join(COMMANDS)
        print(
            f"harness-bridge: there is no command {argv[0]!r}, only {known}. See harness-bridge --help.",
            file=sys.stderr,
        )
        return Exit.USAGE
    try:
        given = _parser().parse_args(argv)
    except SystemExit as leaving:  # argparse has said why
        return int(leaving.code or 0)
    try:
        return _demo(given) if given.command == "demo" else _run(given)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED


def _parser() -> argparse.ArgumentParser:
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
    asked = commands.add_parser("run", help=words, description=words, epilog=codes, formatter_class=raw)
    _add_run(asked)
    shown = commands.add_parser("demo", help="review a scripted change in a generated project, through the real daemon")
    shown.add_argument("--seed", type=int, help="which project to generate (default: the environment's SEED, or 1)")
    return parser


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("prompt", metavar="PROMPT", help="what to do; - reads it from stdin")
    parser.add_argument("--cwd", type=Path, default=Path(), help="the workspace (default: the current folder)")
    parser.add_argument("--model", default="", help="which model; with --script the default is scripted")
    parser.add_argument("--script", type=Path, help="the file that the model `scripted` plays")
    parser.add_argument("--state-dir", type=Path, help="where session logs go (default: the user's state folder)")
    parser.add_argument(
        "--approve",
        choices=tuple(MODES),
        default="ask",
        help="ask: every change and question at the keys (default; without a terminal each is a no). "
        "edits: changes inside the workspace are accepted. all: everything but what is always asked. "
        "none: every question is a no",
    )
    parser.add_argument(
        "--json", action="store_true", help="print the session's updates (harness/session/update) as lines of JSON"
    )


def _run(given: argparse.Namespace) -> int:
    if given.command == "serve":
        print("harness-bridge: `serve` takes no options.", file=sys.stderr)
        return Exit.USAGE
    prompt = sys.stdin.buffer.read().decode("utf-8", "replace") if given.prompt == "-" else given.prompt
    if not prompt.strip():
        print("harness-bridge: the prompt is empty.", file=sys.stderr)
        return Exit.USAGE
    settings = _settings(given)
    request = Request(prompt, given.cwd.resolve(), settings, given.approve, given.json)
    with _keys(STDERR) as keys:
        answers, aside = Descriptor(STDOUT), Descriptor(STDERR)
        screen = Screen(answers, aside, Palette(wants_colour(os.environ, aside.terminal)))
        return anyio.run(run, request, Console(screen, answers, keys))


def _settings(given: argparse.Namespace) -> Settings:
    """What the options say goes before the environment."""
    around = environment_settings(os.environ)
    model = given.model or ("scripted" if given.script else around.model)
    state_dir = (given.state_dir or around.state_dir).resolve()
    return Settings(state_dir, model, given.script or around.script, MODES[given.approve])


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


@contextmanager
def _keys(shown_on: int) -> Iterator[Keys | None]:
    """The person's keys; None where stdin, or the stream on which things are shown, is no terminal."""
    if os.isatty(STDIN) and os.isatty(shown_on):
        with terminal_keys(STDIN) as keys:
            yield keys
    else:
        yield None
