"""The options of `harness-bridge run`, and the settings that they make of the environment's."""

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar, get_args

from bridge import lazy
from bridge.app.models import OFFLINE
from bridge.app.reading import Unfit, address, dollars_or_none, minutes, whole
from bridge.app.settings import Api, Settings
from bridge.harness.values.model import Effort, OutputSchema
from bridge.surfaces.mapping.form import form_name
from bridge.surfaces.terminal.run import MODES

BUDGET = Decimal(5)
"""US dollars that `run` may spend where nobody has said anything (design, "Numbers"): nobody watches a script."""

FOR_A_MODEL = ("base_url", "api", "fallback", "effort", "fast", "budget", "token_budget", "schema")
"""Options that mean nothing to the offline engine."""

_SCHEMAS = "bridge.harness.engine.schema"

T = TypeVar("T")


def add_run(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    parser.add_argument("prompt", metavar="PROMPT", help="what to do; - reads it from stdin")
    parser.add_argument("--cwd", type=Path, default=Path(), help="the workspace (default: the current folder)")
    parser.add_argument("--state-dir", type=Path, help="where session logs go (default: the user's state folder)")
    parser.add_argument(
        "--approve",
        choices=tuple(MODES),
        default="ask",
        help="ask: every change and question at the keys (default; without a terminal each is a no). "
        "edits: changes inside the workspace are accepted, but one that deletes a file, or touches a protected one, is "
        "asked about all the same. all: everything but these. "
        "none: every question is a no",
    )
    printed = parser.add_mutually_exclusive_group()
    printed.add_argument(
        "--json", action="store_true", help="print the session's updates (harness/session/update) as lines of JSON"
    )
    printed.add_argument(
        "--schema",
        type=_schema,
        metavar="FILE",
        help="a JSON Schema: the agent's last answer has its form, and is all that is printed on stdout; "
        "there is none where the exit code is not 0",
    )
    _add_model(parser.add_argument_group("model"))
    _add_limits(parser.add_argument_group("limits"))


def run_settings(given: argparse.Namespace, around: Settings) -> Settings:
    """What the options say goes before the environment, `around`."""
    chosen: dict[str, Any] = {
        "model": given.model or ("scripted" if given.script else None),
        "script": given.script,
        "base_url": given.base_url,
        "api": given.api,
        "fallback": given.fallback,
        "effort": given.effort,
        "fast": given.fast,
        "token_budget": given.token_budget,
        "steps": given.steps,
        "minutes": given.minutes,
    }
    said = {name: value for name, value in chosen.items() if value is not None}
    state_dir = (given.state_dir or around.state_dir).resolve()
    budget, set_ = _budget(given.budget, around), given.budget is not None or around.budget_said
    return replace(around, **said, budget=budget, budget_said=set_, state_dir=state_dir, mode=MODES[given.approve])


def out_of_place(given: argparse.Namespace, settings: Settings) -> str:
    """Why the options can't be followed with the model that there is; "" where they can.

    The offline engine would leave them aside without a word.
    """
    if settings.model not in {"", OFFLINE}:
        return ""
    options = ("schema",) if settings.model else FOR_A_MODEL
    unused = [f"--{name.replace('_', '-')}" for name in options if getattr(given, name) is not None]
    if not unused:
        return ""
    are = "is" if len(unused) == 1 else "are"
    return f"{', '.join(unused)} {are} for a language model: name a model with --model."


def _add_model(group: "argparse._ArgumentGroup") -> None:
    group.add_argument("--model", default="", help="which model (default: offline, no key; with --script: scripted)")
    group.add_argument("--script", type=Path, help="the file that the model `scripted` plays")
    group.add_argument(
        "--base-url", type=_of(address), metavar="URL", help="where the model's service is (default: OpenAI's)"
    )
    group.add_argument("--api", choices=get_args(Api), help="what it speaks (default: responses)")
    group.add_argument("--fallback", metavar="MODEL", help="the model to go on with where the first one is not there")
    group.add_argument("--effort", choices=get_args(Effort), help="how hard the model thinks (default: its own choice)")
    group.add_argument("--fast", action="store_const", const=True, help="on the service's fast tier, which costs more")


def _add_limits(group: "argparse._ArgumentGroup") -> None:
    group.add_argument(
        "--budget",
        type=_of(dollars_or_none),
        metavar="DOLLARS",
        help=f"what it may cost: no call is made that would pass it (default: {BUDGET}; none: no limit)",
    )
    group.add_argument(
        "--token-budget", type=_of(whole), metavar="TOKENS", help="tokens in and out (default: no limit)"
    )
    group.add_argument("--steps", type=_of(whole), help="model calls in a turn (default: 100)")
    group.add_argument("--minutes", type=_of(minutes), help="how long a turn may take (default: 60)")


def _budget(given: Decimal | None, around: Settings) -> Decimal | None:
    """What the option says, else the environment, else the default. Of the option 0 is no limit."""
    if given is not None:
        return given or None
    return around.budget if around.budget_said else around.budget or BUDGET


def _of(parse: Callable[[str], T]) -> Callable[[str], T]:
    """A reader of settings as argparse wants it."""

    def read(text: str) -> T:
        try:
            return parse(text)
        except Unfit as wrong:
            raise argparse.ArgumentTypeError(f"{text[:80]!r} is not {wrong}") from None

    return read


def _schema(text: str) -> OutputSchema:
    try:
        found = json.loads(Path(text).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise argparse.ArgumentTypeError(f"{text!r} can't be read as JSON: {error}") from None
    if not isinstance(found, Mapping):
        raise argparse.ArgumentTypeError(f"{text!r} holds no JSON object, which a JSON Schema is.")
    schema = OutputSchema(form_name(found), found)
    if flaw := lazy.load(_SCHEMAS).flaw(schema):
        raise argparse.ArgumentTypeError(f"{text!r} is no JSON Schema: {flaw.rstrip('.')}.")
    return schema
