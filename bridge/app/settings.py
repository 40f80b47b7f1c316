"""Settings: frozen data, given at the start."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_state_path

from bridge.harness.values.policy import Mode, Rule
from bridge.harness.values.proposals import ReviewPolicy
from bridge.harness.workspace.applying import SaveRule

APP = "harness-bridge"
"""The name of our folders among the user's."""


def default_state_dir() -> Path:
    """Sessions, texts, logs: the user's state folder."""
    return user_state_path(APP, appauthor=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person chose. `model` empty is the offline engine; `script` is for the model `scripted`.

    `review` is the review policy of new sessions, `save` which documents are saved after an accept.
    """

    state_dir: Path
    model: str = ""
    script: Path | None = None
    mode: Mode = "default"
    rules: tuple[Rule, ...] = ()
    review: ReviewPolicy = "ask"
    save: SaveRule = "clean"


def environment_settings(environ: Mapping[str, str]) -> Settings:
    """The defaults, as the environment changes them: HARNESS_BRIDGE_MODEL, _SCRIPT and _STATE_DIR."""
    state_dir, script = environ.get("HARNESS_BRIDGE_STATE_DIR"), environ.get("HARNESS_BRIDGE_SCRIPT")
    return Settings(
        Path(state_dir).expanduser() if state_dir else default_state_dir(),
        model=environ.get("HARNESS_BRIDGE_MODEL", ""),
        script=Path(script).expanduser() if script else None,
    )
