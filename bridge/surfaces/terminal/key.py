"""`harness-bridge key`: put the key of a model service into the system's keyring, take it out, or say where one is.

The key itself comes from a prompt without echo, or from stdin; never from the command line, where others can read it.
"""

import getpass
import sys
from collections.abc import Mapping
from typing import Literal

from bridge.app.keys import HINT, IN_KEYRING, Keyring, SystemKeyring, find_key, host_of, variables_for
from bridge.app.reading import Unfit, address
from bridge.app.settings import environment_settings
from bridge.harness.errors import ModelProblem
from bridge.surfaces.terminal.exits import Exit
from bridge.surfaces.terminal.output import Out

Action = Literal["set", "delete", "show-where"]

ACTIONS: Mapping[Action, str] = {
    "set": "keep the key that you type, or that stdin has",
    "delete": "forget the key",
    "show-where": "say where a key is found; never which",
}

LONGEST = 4096
"""Characters. No key is longer."""


def key(
    action: Action, base_url: str, environ: Mapping[str, str], out: Out, aside: Out, keyring: Keyring | None = None
) -> Exit:
    """Run the command; `aside` hears what went wrong. `base_url` empty is that of the environment, or OpenAI's."""
    try:
        server = address(base_url or environment_settings(environ).base_url)
    except Unfit as wrong:
        given = "--base-url" if base_url else "HARNESS_BRIDGE_BASE_URL"
        aside.write(f"harness-bridge: {given} is not {wrong}.\n")
        return Exit.USAGE
    try:
        return _ACTIONS[action](server, environ, out, keyring or SystemKeyring())
    except ModelProblem as problem:
        aside.write(f"harness-bridge: {problem.message}\n")
        return Exit.ENVIRONMENT
    except Unfit as wrong:
        aside.write(f"harness-bridge: that is not {wrong}. Nothing was changed.\n")
        return Exit.USAGE


def _set(base_url: str, environ: Mapping[str, str], out: Out, keyring: Keyring) -> Exit:
    host = host_of(base_url)
    text = _typed(f"Key for {host}: ").strip()
    if not text or len(text) > LONGEST or not (text.isascii() and text.isprintable()) or " " in text:
        raise Unfit("a key: one line of letters, digits and signs")
    keyring.put(host, text)
    out.write(f"The key for {host} is in {IN_KEYRING} now.\n")
    before = variables_for(base_url, environ)
    if before:
        out.write(f"{before[0]} is set and goes before it.\n")
    return Exit.DONE


def _delete(base_url: str, _: Mapping[str, str], out: Out, keyring: Keyring) -> Exit:
    host = host_of(base_url)
    if keyring.delete(host):
        out.write(f"The key for {host} is no longer in {IN_KEYRING}.\n")
    else:
        out.write(f"There was no key for {host} in {IN_KEYRING}.\n")
    return Exit.DONE


def _show_where(base_url: str, environ: Mapping[str, str], out: Out, keyring: Keyring) -> Exit:
    found = find_key(base_url, environ, keyring)
    if found is None:
        out.write(f"There is no key for {host_of(base_url)}. {HINT}\n")
        return Exit.ENVIRONMENT
    out.write(f"The key for {host_of(base_url)} is in {found.source}.\n")
    return Exit.DONE


_ACTIONS = {"set": _set, "delete": _delete, "show-where": _show_where}


def _typed(prompt: str) -> str:
    """Without echo from a terminal; else the first line of stdin. Ctrl-D and an empty stdin are no key."""
    if not sys.stdin.isatty():
        return sys.stdin.readline(LONGEST + 2)
    try:
        return getpass.getpass(prompt)
    except EOFError:
        return ""
