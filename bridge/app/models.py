"""Which model a setting names."""

from collections.abc import AsyncIterator
from pathlib import Path

import anyio.to_thread

from bridge.app.settings import Settings
from bridge.harness.errors import ModelProblem
from bridge.harness.models.offline.model import OfflineModel
from bridge.harness.models.scripted import ScriptedModel, load_script
from bridge.harness.ports.model import Model
from bridge.harness.values.model import ModelEvent, ModelInfo, ModelRequest, ServiceCompaction

OFFLINE = "offline"
"""The model where the settings name none: it needs no key and no network."""

SETUP = (
    "For anything else a language model is needed, and no other model is in this version yet: `scripted` only plays a "
    "file of answers that you write."
)
"""Which other models there are: said when a request is not understood, and in the documentation."""


class NoModel:
    """The model that the settings name can't be had: every call says so, and what to do."""

    free_words = True

    def __init__(self, name: str, why: str = "") -> None:
        """`name` is what the settings ask for; `why` says what is missing, where the name is known."""
        self.name = name
        self.info = ModelInfo(name)
        self._why = why

    def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        """Always fails."""
        asked = self._why or f"the model {self.name!r} is not known"
        hint = (
            "Leave `model` empty for the offline engine, or set it to scripted, with a `script`: in the editor's "
            "initializationOptions (Neovim: init_options), or by --model."
        )
        raise ModelProblem(f"{asked}. {hint}", kind="model_unavailable", hint=hint)

    async def compact(self, request: ModelRequest) -> ServiceCompaction | None:
        """There is nothing to compact with."""
        return None


def choose_model(settings: Settings) -> Model:
    """The model that the settings name. A script that can't be read is told when the model is first asked."""
    name, _, argument = settings.model.partition(":")
    if settings.model in {"", OFFLINE}:
        return OfflineModel(SETUP)
    if name == "scripted":
        script = argument or settings.script
        if not script:
            return NoModel("scripted", "the model `scripted` has no script to play")
        return LateScript(Path(script).expanduser())
    return NoModel(settings.model)


class LateScript:
    """The script is read when first needed, and its mistakes are said where the person sees them."""

    name = "scripted"
    info = ModelInfo("scripted")
    free_words = True

    def __init__(self, path: Path) -> None:
        """Not read yet."""
        self._path = path
        self._model: ScriptedModel | None = None

    async def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        """See the Model port."""
        if self._model is None:
            self._model = ScriptedModel(await anyio.to_thread.run_sync(load_script, self._path))
        async for event in self._model.stream(request):
            yield event

    async def compact(self, request: ModelRequest) -> ServiceCompaction | None:
        """A script has none."""
        return None
