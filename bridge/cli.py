"""The command `harness-bridge`.

Without an argument, or with `serve`, it is the daemon: an editor waits for its answer, so nothing is parsed or loaded
first. Every other subcommand belongs to the terminal surface.
"""

import sys

from bridge import lazy
from bridge.surfaces.lsp import frontdoor


def main(argv: list[str] | None = None) -> int:
    """Run the command line (default: the process's own arguments) and return the exit code."""
    arguments = sys.argv[1:] if argv is None else argv
    if arguments in ([], ["serve"]):
        if sys.stdin.isatty():
            sys.stderr.write(
                "harness-bridge: this is the daemon; an editor starts it. For a terminal: run, demo, --help.\n"
            )
        return frontdoor.serve()
    return int(lazy.load("bridge.surfaces.terminal.cli").main(arguments))
