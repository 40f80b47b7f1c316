"""Settings: frozen data, given at the start."""

from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_state_path

from bridge.harness.values.policy import Mode, Rule
from bridge.harness.values.proposals import Policy


def default_state_dir() -> Path:
    """Sessions, texts, logs: the user's state folder."""
    return user_state_path("harness-bridge", appauthor=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person chose. `script` is for the model `scripted`."""

    state_dir: Path
    model: str = ""
    script: Path | None = None
    mode: Mode = "default"
    policy: Policy = "ask"
    rules: tuple[Rule, ...] = ()
