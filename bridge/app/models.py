"""Which model a name stands for."""

import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import anyio.to_thread

from bridge import lazy
from bridge.app.keys import ENVIRONMENT_KEYS, Keyring, SystemKeyring, is_openai, needed_key
from bridge.app.settings import Settings
from bridge.harness.errors import ModelProblem
from bridge.harness.models import catalogue
from bridge.harness.models.offline.model import OfflineModel
from bridge.harness.models.scripted import ScriptedModel, load_script
from bridge.harness.models.service.endpoint import Endpoint
from bridge.harness.ports.model import Model
from bridge.harness.values.model import ModelEvent, ModelInfo, ModelRequest, ServiceCompaction

OFFLINE = "offline"
"""The model where the settings name none: it needs no key and no network."""

SCRIPTED = "scripted"
"""The model that plays a file of answers."""

SETUP = (
    "For anything else a language model is needed: name one (`model` in the editor, or --model), with its key in "
    "OPENAI_API_KEY or in the keyring (`harness-bridge key set`), or with the address of a server of your own: "
    "`--base-url` (`baseUrl` in an editor)."
)
"""How a language model is set up: said when a request is not understood, and in the documentation."""

CONTAINERS = frozenset({"code_interpreter"})
"""Tools of the service that need a place to run in; it chooses one."""


def setup(environ: Mapping[str, str]) -> str:
    """SETUP, as things are: a key that is there is not used before a model is named."""
    name = next((name for name in ENVIRONMENT_KEYS if environ.get(name)), None)
    return f"{SETUP} {name} is set, and not used until a model is named." if name else SETUP


def is_service(settings: Settings) -> bool:
    """Whether the settings name a model of a service: any but our own two."""
    return settings.model not in {"", OFFLINE} and settings.model.partition(":")[0] != SCRIPTED


class NoModel:
    """The model that the settings name can't be had: every call says so, and what to do."""

    free_words = True

    def __init__(self, name: str, why: str) -> None:
        """`name` is what the settings ask for; `why` says what is missing."""
        self.name = name
        self.info = ModelInfo(name)
        self._why = why

    def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        """Always fails."""
        hint = (
            "Leave `model` empty for the offline engine, or set it to scripted, with a `script`: in the editor's "
            "initializationOptions (Neovim: init_options), or by --model."
        )
        raise ModelProblem(f"{self._why}. {hint}", kind="model_unavailable", hint=hint)

    async def compact(self, request: ModelRequest) -> ServiceCompaction | None:
        """There is nothing to compact with."""
        return None


class ChosenModels:
    """The models that the settings name, each made when first asked for. Implements the Models port.

    A service is only called where a model is named: a key alone sends nothing anywhere.
    """

    def __init__(
        self, settings: Settings, environ: Mapping[str, str] = os.environ, keyring: Keyring | None = None
    ) -> None:
        """Keys are looked for in `environ`, then in `keyring`: the system's."""
        self._settings = settings
        self._environ = environ
        self._keyring = keyring or SystemKeyring()
        self._made: dict[str, Model] = {}
        self._services: list[Any] = []

    def named(self, name: str) -> Model:
        """See the port. Empty is the settings' own model."""
        name = name or self._settings.model or OFFLINE
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def known(self) -> tuple[ModelInfo, ...]:
        """See the port: the models of the settings, at OpenAI those of the catalogue, and the offline engine."""
        found = {OFFLINE: ModelInfo(OFFLINE)}
        for name in (self._settings.model, self._settings.fallback):
            if name:
                found[name] = self.named(name).info
        if is_openai(self._settings.base_url):
            found |= {info.id: self._info(info.id) for info in catalogue.KNOWN if info.id not in found}
        return tuple(found.values())

    async def warm(self) -> None:
        """Load what the first call of the settings' model needs, while nobody waits for it; sends nothing."""
        if (warm := getattr(self.named(""), "warm", None)) is not None:
            await warm()

    def leave(self) -> None:
        """We are about to end: what a service does in the background goes on there."""
        for service in self._services:
            if (leave := getattr(service, "leave", None)) is not None:
                leave()

    async def aclose(self) -> None:
        """Close the connections."""
        while self._services:
            await self._services.pop().aclose()

    def _make(self, name: str) -> Model:
        first, _, argument = name.partition(":")
        if name == OFFLINE:
            return OfflineModel(setup(self._environ))
        if first == SCRIPTED:
            script = argument or self._settings.script
            if not script:
                return NoModel(SCRIPTED, "the model `scripted` has no script to play")
            return LateScript(Path(script).expanduser())
        if not self._settings.base_url:
            return NoModel(name, "the address of the model's service (`--base-url`, or `baseUrl` in an editor) is none")
        api = lazy.load(f"bridge.harness.models.{self._settings.api}.model")
        service = {"responses": "ResponsesModel", "chat": "ChatModel"}[self._settings.api]
        model = getattr(api, service)(self._endpoint(name))
        self._services.append(model)
        made: Model = model
        return made

    def _endpoint(self, name: str) -> Endpoint:
        settings = self._settings
        return Endpoint(
            model=name,
            info=self._info(name),
            base_url=settings.base_url,
            key=partial(needed_key, settings.base_url, self._environ, self._keyring),
            store=settings.store or settings.background,
            background=settings.background,
            hosted_tools=tuple(map(_hosted, settings.hosted_tools)),
            idle_seconds=settings.idle_seconds,
        )

    def _info(self, name: str) -> ModelInfo:
        return catalogue.info(name, self._settings.window if name == self._settings.model else None)


def _hosted(tool: str) -> Mapping[str, Any]:
    """The tool object: given as JSON, or by its type alone."""
    if tool.startswith("{"):
        with suppress(ValueError):
            given: dict[str, Any] = json.loads(tool)
            return given
    return {"type": tool, "container": {"type": "auto"}} if tool in CONTAINERS else {"type": tool}


class LateScript:
    """The script is read when first needed, and its mistakes are said where the person sees them."""

    name = SCRIPTED
    info = ModelInfo(SCRIPTED)
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
