"""Which model a name stands for, and that nothing is sent anywhere before one is named."""

import os
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from bridge.app.models import SETUP, ChosenModels, LateScript, NoModel, is_service
from bridge.app.settings import Settings
from bridge.harness.errors import ModelProblem
from bridge.harness.models.chat.model import ChatModel
from bridge.harness.models.offline.model import OfflineModel
from bridge.harness.ports.model import Model
from bridge.harness.values.model import Ended, ItemReady, ModelRequest
from tests.support import model_answers as answers
from tests.support.model_server import ModelServer

pytestmark = pytest.mark.anyio

HELLO = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "write me a poem"}]}
REQUEST = ModelRequest("Be good.", (HELLO,), ())
KEYS = {"OPENAI_API_KEY": "k-of-the-test"}


class NoKeyring:
    """A system without keys."""

    def get(self, host: str) -> str | None:
        return None

    def put(self, host: str, key: str) -> None:
        raise AssertionError(host)

    def delete(self, host: str) -> bool:
        raise AssertionError(host)


def models(settings: Settings, **environ: str) -> ChosenModels:
    return ChosenModels(settings, environ, NoKeyring())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path)


async def said(model: Model) -> str:
    with anyio.fail_after(20):
        found = [event async for event in model.stream(REQUEST)]
    assert isinstance(found[-1], Ended)
    return "".join(event.item["content"][0]["text"] for event in found if isinstance(event, ItemReady))


async def test_without_a_name_it_is_the_offline_engine_and_a_key_changes_nothing(settings: Settings) -> None:
    chosen = models(settings, **KEYS)
    assert isinstance(chosen.named(""), OfflineModel)
    assert chosen.named("") is chosen.named("offline")
    words = await said(chosen.named(""))
    assert SETUP in words
    assert "OPENAI_API_KEY is set, and not used until a model is named." in words
    assert KEYS["OPENAI_API_KEY"] not in words
    assert "is set" not in await said(models(settings).named(""))


async def test_scripts(settings: Settings, tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    script.write_text('{"turns": [{"steps": [{"say": "Played."}]}]}')
    by_argument = models(settings).named(f"scripted:{script}")
    by_setting = models(replace(settings, model="scripted", script=script)).named("")
    assert isinstance(by_argument, LateScript)
    assert await said(by_argument) == await said(by_setting) == "Played."
    nothing = models(settings).named("scripted")
    assert isinstance(nothing, NoModel)
    with pytest.raises(ModelProblem, match="has no script to play"):
        nothing.stream(REQUEST)


@pytest.mark.parametrize("api", ["responses", "chat"])
async def test_any_other_name_is_a_model_of_the_service(api: str, settings: Settings) -> None:
    with ModelServer([answers.text("Roses."), answers.text("Violets.")], key=KEYS["OPENAI_API_KEY"]) as server:
        environ = KEYS | {"OPENAI_BASE_URL": server.base_url}
        own = replace(settings, model="tiny", base_url=server.base_url, window=8192)
        chosen = models(replace(own, api="chat" if api == "chat" else "responses"), **environ)
        tiny = chosen.named("")
        assert tiny is chosen.named("tiny")
        assert (tiny.name, tiny.info.window, tiny.free_words) == ("tiny", 8192, True)
        assert await said(tiny) == "Roses."
        other = chosen.named("gpt-5.2")
        assert other.info.window == 400_000
        assert await said(other) == "Violets."
        await chosen.aclose()
    assert [request.body["model"] for request in server.asked] == ["tiny", "gpt-5.2"]
    assert all(request.chat is (api == "chat") for request in server.asked)


async def test_openai_without_a_key_is_not_called(settings: Settings) -> None:
    chosen = models(replace(settings, model="gpt-5.2", api="chat"))
    with pytest.raises(ModelProblem, match="there is no key for api") as problem:
        await said(chosen.named(""))
    assert problem.value.kind == "model_auth"
    await chosen.aclose()


def test_what_there_is_to_choose_from(settings: Settings) -> None:
    everywhere = [info.id for info in models(settings).known()]
    assert everywhere[0] == "offline"
    assert {"gpt-5.2", "o3"} <= set(everywhere)
    local = replace(settings, model="tiny", fallback="small", base_url="http://127.0.0.1:9/v1", api="chat", window=8192)
    assert [(info.id, info.window) for info in models(local).known()] == [
        ("offline", None),
        ("tiny", 8192),
        ("small", None),
    ]
    assert len({info.id for info in models(replace(settings, model="o3", api="chat")).known()}) == len(everywhere)


def test_without_an_address_nothing_is_asked(settings: Settings) -> None:
    nowhere = models(replace(settings, model="tiny", base_url=""), **KEYS)
    with pytest.raises(ModelProblem, match="--base-url"):
        nowhere.named("").stream(REQUEST)
    assert [info.id for info in nowhere.known()] == ["offline", "tiny"]


async def test_tools_of_the_service_are_given_by_type_or_whole(settings: Settings) -> None:
    tools = ("web_search", "code_interpreter", '{"type": "file_search", "vector_store_ids": ["vs_1"]}', "{")
    own = replace(settings, model="tiny", api="chat", hosted_tools=tools)
    endpoint = models(own)._endpoint("tiny")
    assert endpoint.hosted_tools == (
        {"type": "web_search"},
        {"type": "code_interpreter", "container": {"type": "auto"}},
        {"type": "file_search", "vector_store_ids": ["vs_1"]},
        {"type": "{"},
    )


def test_background_needs_storing(settings: Settings) -> None:
    assert models(replace(settings, background=True))._endpoint("x").store
    assert not models(settings)._endpoint("x").store


def test_which_names_are_of_a_service(settings: Settings) -> None:
    for name, service in (("", False), ("offline", False), ("scripted", False), ("scripted:/x", False), ("o3", True)):
        assert is_service(replace(settings, model=name)) is service


def test_the_environment_is_the_process_s_own_by_default(settings: Settings) -> None:
    assert ChosenModels(settings)._environ is os.environ


def test_the_adapter_is_made_when_first_named(settings: Settings) -> None:
    chosen = models(replace(settings, model="tiny", api="chat"))
    assert chosen._made == {}
    assert isinstance(chosen.named(""), ChatModel)
