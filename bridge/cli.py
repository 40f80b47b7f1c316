"""The command `harness-bridge`.

Without an argument, or with `serve`, it is the daemon: an editor waits for its answer, so nothing is parsed or loaded
first. Every other subcommand belongs to the terminal surface.
"""

import sys

from bridge import lazy
from bridge.surfaces.lsp import frontdoor

INTERRUPTED = 130
"""The exit code of a command that Ctrl-C ended, as shells have it: 128 and the signal's number."""


def main(argv: list[str] | None = None) -> int:
    """Run the command line (default: the process's own arguments) and return the exit code."""
    arguments = sys.argv[1:] if argv is None else argv
    if arguments in ([], ["serve"]):
        if sys.stdin.isatty():
            sys.stderr.write(
                "harness-bridge: this is the daemon; an editor starts it. For a terminal: run, demo, --help.\n"
            )
        return frontdoor.serve()
    try:
        return int(lazy.load("bridge.surfaces.terminal.entry").main(arguments))
    except KeyboardInterrupt:  # so early that not even the entry was there
        return INTERRUPTED
