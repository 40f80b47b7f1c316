"""A session's options to the wire and back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bridge.app.session import Session
from bridge.harness.values.events import OptionName
from bridge.harness.values.model import Effort, ModelInfo
from bridge.harness.values.proposals import ReviewPolicy
from bridge.protocol import config as wire

REVIEW_POLICY = "review_policy"
POLICIES: dict[str, ReviewPolicy] = {"ask": "ask", "keep": "keep"}
"""What a person can choose, by its name on the wire; `allow` comes from rules alone."""

OPTIONS: dict[str, OptionName] = {"model": "model", "effort": "effort", "fast": "fast"}
"""The options of the session's model calls, by their names on the wire."""

DEFAULT = "default"
"""The effort that the settings name, or the model's own."""

MODEL_NAME = 200
"""Characters of a model's name; no service has a longer one."""

_ASK = wire.SessionConfigSelectOption(
    value="ask", name="Ask", description="You decide each change; what you accept is applied."
)
_KEEP = wire.SessionConfigSelectOption(
    value="keep", name="Keep", description="Changes are applied at once; you keep or undo each."
)
_EFFORTS: dict[str, str] = {DEFAULT: "Default", "low": "Low", "medium": "Medium", "high": "High", "max": "Max"}
_FAST: dict[str, str] = {"off": "Off", "on": "On"}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a session's options are, and what they could be: `models` are those to choose from."""

    policy: ReviewPolicy
    model: str
    effort: Effort | None
    fast: bool
    models: Sequence[ModelInfo] = ()


def chosen(session: Session) -> Chosen:
    """What a session's options are now."""
    options = session.options
    model = session.models.named(options.model)
    return Chosen(session.policy, model.info.id, options.effort, options.fast, session.models.known())


def config_options(chosen: Chosen, *, keeps: bool) -> tuple[wire.SessionConfigOption, ...]:
    """All options of a session. `keeps`: the client can do the policy *keep*; what it can't do is not offered."""
    return (
        wire.SessionConfigOption(
            id=REVIEW_POLICY,
            name="Review",
            description="When a change that the agent proposes is applied.",
            current_value=chosen.policy,
            options=(_ASK, _KEEP) if keeps else (_ASK,),
        ),
        wire.SessionConfigOption(
            id="model",
            name="Model",
            description="Which model answers. Any name that the service knows is taken.",
            category="model",
            current_value=chosen.model,
            options=tuple(_models(chosen)),
        ),
        wire.SessionConfigOption(
            id="effort",
            name="Effort",
            description="How hard the model thinks.",
            category="thought_level",
            current_value=chosen.effort or DEFAULT,
            options=_values(_EFFORTS),
        ),
        wire.SessionConfigOption(
            id="fast",
            name="Fast tier",
            description="The service's fast tier, which costs more.",
            category="model_config",
            current_value="on" if chosen.fast else "off",
            options=_values(_FAST),
        ),
    )


def option_value(option: OptionName, value: str) -> str:
    """What the session keeps for a value on the wire. Raises ValueError where it can't be that."""
    if option == "model":
        if not value or len(value) > MODEL_NAME or not value.isprintable():
            raise ValueError(f"it is the name of a model, of {MODEL_NAME} characters at most")
        return value
    known = _EFFORTS if option == "effort" else _FAST
    if value not in known:
        raise ValueError(f"it is one of {', '.join(known)}")
    return "" if value == DEFAULT else value


def _models(chosen: Chosen) -> Iterator[wire.SessionConfigSelectOption]:
    names = dict.fromkeys([chosen.model, *(info.id for info in chosen.models)])
    return (wire.SessionConfigSelectOption(value=name, name=name) for name in names)


def _values(known: dict[str, str]) -> tuple[wire.SessionConfigSelectOption, ...]:
    return tuple(wire.SessionConfigSelectOption(value=value, name=name) for value, name in known.items())
