"""Exit codes: what a script can tell from how a command ended."""

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of every subcommand. `serve` has LSP's: 0 after `shutdown` and `exit`, else 1."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    REFUSED = 3
    CANCELLED = 4
    ENVIRONMENT = 5
    BUDGET = 6
    INTERRUPTED = 130


MEANING = {
    Exit.DONE: "the turn ended; what was accepted stands",
    Exit.FAILED: "the model failed, or the turn ran into a limit (demo: the check failed)",
    Exit.USAGE: "the command line is wrong",
    Exit.REFUSED: "something was asked and nobody could answer (no terminal): a change or a permission was refused,\n"
    "       or the turn ended with a question of the agent's",
    Exit.CANCELLED: "the turn was cancelled (Ctrl-C, or the key q)",
    Exit.ENVIRONMENT: "a folder, a file or the output could not be used; or accepted text could not be written\n"
    "       (doctor: something needed is missing)",
    Exit.BUDGET: "the budget is spent, or the next model call would pass it (run: --budget, --token-budget)",
    Exit.INTERRUPTED: "left at once (a second Ctrl-C, or one while no turn runs); the session's log tells how far\n"
    "       it came",
}
