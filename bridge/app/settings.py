"""Settings: frozen data, given at the start."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Literal, get_args

from platformdirs import user_state_path

from bridge.app.reading import PREFIX, Reader, address, choice, dollars_or_none, minutes, names, seconds, switch, whole
from bridge.harness.models.service.endpoint import OPENAI_URL
from bridge.harness.values.model import Effort
from bridge.harness.values.policy import Mode, Rule
from bridge.harness.values.proposals import ReviewPolicy
from bridge.harness.values.usage import Price
from bridge.harness.workspace.applying import SaveRule

APP = "harness-bridge"
"""The name of our folders among the user's."""

NO_SERVICE = "no model of a service is asked until it is right"
"""What is done with an address that is none."""

VARIABLES = frozenset(
    f"{PREFIX}{name}"
    for name in (
        *("STATE_DIR", "MODEL", "SCRIPT", "BASE_URL", "API", "FALLBACK", "EFFORT", "FAST", "STORE", "BACKGROUND"),
        *("BUDGET", "TOKEN_BUDGET", "STEPS", "MINUTES", "IDLE_SECONDS", "WINDOW", "HOSTED_TOOLS"),
        *("API_KEY", "LOG", "COMMAND"),
    )
)
"""All that mean something: the settings, the key, the level of the log, and the mark of commands that we run."""

Api = Literal["responses", "chat"]
"""What a server speaks: the Responses API, or Chat Completions alone."""


def default_state_dir() -> Path:
    """Sessions, texts, logs: the user's state folder."""
    return user_state_path(APP, appauthor=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person chose. `model` empty is the offline engine; `script` is for the model `scripted`.

    `review` is the review policy of new sessions, `save` which documents are saved after an accept.

    Every other model is asked for at `base_url` (empty: nowhere) in the language `api`. `fallback` is the model to use
    where that one is gone; `effort` and `fast` are where new sessions begin; `store`: the service keeps responses;
    `background`: its background mode; `window` is the model's context window in tokens where the catalogue does not
    know it, or knows it wrongly; `prices` by model go before the price list; `hosted_tools` are tools of the service,
    by type or as JSON. `budget` (dollars) and `token_budget` are what a session may use; `budget_said`: the environment
    or an option has said the first, be it that there is none. `steps` (model calls) and `minutes` are for a turn. An
    answer that says nothing for `idle_seconds` has stalled.

    `remarks`: what could not be used, a sentence each.
    """

    state_dir: Path
    model: str = ""
    script: Path | None = None
    mode: Mode = "default"
    rules: tuple[Rule, ...] = ()
    review: ReviewPolicy = "ask"
    save: SaveRule = "clean"
    base_url: str = OPENAI_URL
    api: Api = "responses"
    fallback: str = ""
    effort: Effort | None = None
    fast: bool = False
    store: bool = False
    background: bool = False
    budget: Decimal | None = None
    budget_said: bool = False
    token_budget: int | None = None
    steps: int = 100
    minutes: float = 60.0
    idle_seconds: float = 300.0
    prices: Mapping[str, Price] = field(default_factory=dict)
    window: int | None = None
    hosted_tools: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def environment_settings(environ: Mapping[str, str]) -> Settings:
    """The defaults, as the environment changes them: HARNESS_BRIDGE_MODEL, _BASE_URL and so on.

    A value that can't be used is told in `remarks`, and its default is taken; for an address that is none, not another
    one: what is said in confidence to one server shall not go to another. OPENAI_BASE_URL counts where
    HARNESS_BRIDGE_BASE_URL is not set: a key in OPENAI_API_KEY belongs to that host.
    """
    read = Reader(environ)
    read.strangers(VARIABLES)
    budget = read.value("BUDGET", dollars_or_none)
    state_dir, script = read.text("STATE_DIR"), read.text("SCRIPT")
    address_from = read.first(("HARNESS_BRIDGE_BASE_URL", "OPENAI_BASE_URL"))
    return Settings(
        Path(state_dir).expanduser() if state_dir else default_state_dir(),
        model=read.text("MODEL"),
        script=Path(script).expanduser() if script else None,
        base_url=(read.named(address_from, address, NO_SERVICE) or "") if address_from else OPENAI_URL,
        api=read.value("API", choice(get_args(Api))) or "responses",
        fallback=read.text("FALLBACK"),
        effort=read.value("EFFORT", choice(get_args(Effort))),
        fast=read.value("FAST", switch) or False,
        store=read.value("STORE", switch) or False,
        background=read.value("BACKGROUND", switch) or False,
        budget=budget or None,
        budget_said=budget is not None,
        token_budget=read.value("TOKEN_BUDGET", whole),
        steps=read.value("STEPS", whole) or 100,
        minutes=read.value("MINUTES", minutes) or 60.0,
        idle_seconds=read.value("IDLE_SECONDS", seconds) or 300.0,
        window=read.value("WINDOW", whole),
        hosted_tools=read.value("HOSTED_TOOLS", names) or (),
        remarks=read.remarks,
    )
