"""What is read of a client, whatever it sends."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.app.settings import Settings
from bridge.surfaces.lsp.client import MOST_COMPLAINTS, Client
from bridge.surfaces.lsp.configured import configured, without_limits

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
KEYS = ["capabilities", "window", "showDocument", "support", "workDoneProgress", "workspace", "codeLens"]
KEYS += ["experimental", "harness", "protocolVersion", "permissions", "updates", "general", "positionEncodings"]
KEYS += ["clientInfo", "name", "initializationOptions", "model", "script", "stateDir"]
KEYS += ["editorApply", "editorSave", "review", "save"]
NEAR = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "utf-8", "utf-32", "scripted"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), JSON) | st.dictionaries(st.sampled_from(KEYS), NEAR))
def test_whatever_a_client_says_of_itself_it_is_a_client(initialize: dict[str, Any]) -> None:
    client = Client.of(initialize)
    assert client.encoding in ("utf-8", "utf-16", "utf-32")
    assert isinstance(client.answers_permissions, bool)
    assert isinstance(client.wants_updates, bool)
    assert isinstance(client.applies_edits, bool)
    assert isinstance(client.saves, bool)
    assert isinstance(client.shows_hunks, bool)


@pytest.mark.parametrize(
    "caps", [None, [], "all", 1, {"window": None}, {"window": []}, {"window": {"showDocument": 1}}]
)
def test_a_malformed_capability_is_an_absent_one(caps: Any) -> None:
    client = Client.of({"capabilities": caps})
    assert (client.shows_documents, client.shows_progress, client.refreshes_lenses) == (False, False, False)


@pytest.mark.parametrize(
    "harness",
    [
        True,
        [],
        {},
        {"protocolVersion": "1"},
        {"protocolVersion": True},
        {"protocolVersion": 1, "permissions": "yes"},
        {"protocolVersion": 1, "editorApply": 1},
    ],
)
def test_a_malformed_capability_of_ours_makes_it_a_stock_editor(harness: Any) -> None:
    client = Client.of({"capabilities": {"experimental": {"harness": harness}}})
    assert client.harness is None
    assert not client.answers_permissions
    assert not client.wants_updates
    assert not client.applies_edits


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("editorApply", (True, False, False)),
        ("editorSave", (False, True, False)),
        ("review", (False, False, True)),
        ("updates", (False, False, False)),
    ],
)
def test_a_client_can_do_what_it_declares_and_nothing_else(name: str, found: tuple[bool, bool, bool]) -> None:
    client = Client.of({"capabilities": {"experimental": {"harness": {"protocolVersion": 1, name: True}}}})
    assert (client.applies_edits, client.saves, client.shows_hunks) == found
    client = Client.of({"capabilities": {"experimental": {"harness": {"protocolVersion": 1, name: False}}}})
    assert (client.applies_edits, client.saves, client.shows_hunks) == (False, False, False)


def test_unknown_fields_of_a_newer_client_do_no_harm() -> None:
    harness = {"protocolVersion": 7, "updates": True, "hologram": {"deep": [1]}}
    client = Client.of({"capabilities": {"experimental": {"harness": harness, "other": 1}}})
    assert client.wants_updates
    assert not client.answers_permissions


@pytest.mark.parametrize(
    ("encodings", "chosen"),
    [
        (["utf-8", "utf-16"], "utf-8"),
        (["utf-32", "utf-8"], "utf-32"),
        (["latin-1", "utf-8"], "utf-8"),
        (["latin-1"], "utf-16"),
        ([], "utf-16"),
        (None, "utf-16"),
        ("utf-8", "utf-16"),
        ([None, 8, "utf-8"], "utf-8"),
    ],
)
def test_the_first_encoding_that_both_know_is_taken(encodings: Any, chosen: str) -> None:
    assert Client.of({"capabilities": {"general": {"positionEncodings": encodings}}}).encoding == chosen


@pytest.mark.parametrize(("info", "name"), [({"name": "Neovim"}, "Neovim"), (None, ""), ("x", ""), ({"name": 3}, "3")])
def test_the_name_is_what_the_client_calls_itself(info: Any, name: str) -> None:
    assert Client.of({"clientInfo": info}).name == name


def test_a_setting_that_is_wrong_is_told_and_its_default_holds_the_others_stay() -> None:
    given = {"model": "scripted", "script": 3, "api": "soap", "prices": {"m": {"input": "free"}}, "steps": 0}
    client = Client.of({"initializationOptions": given})
    assert (client.options.model, client.options.script, client.options.api) == ("scripted", None, None)
    assert (client.options.prices, client.options.steps) == (None, None)
    said = client.complaint.split("; ")
    assert said[0].startswith("initializationOptions.script: ")
    named = ("initializationOptions.api:", "initializationOptions.steps:", "initializationOptions.prices.m.input:")
    assert all(any(one.startswith(name) for one in said) for name in named)
    assert said.count("its default is used") == 5


@pytest.mark.parametrize(
    ("option", "given", "wrong"),
    [
        ("budget", "abc", 'budget: "abc" is not a number of dollars; there is no budget now'),
        ("budget", -1, "budget: -1 is not a number of dollars above 0; there is no budget now"),
        ("budget", {"x": 1}, "budget: what is given is not a number of dollars; there is no budget now"),
        ("tokenBudget", 1.5, "tokenBudget: 1.5 is not a whole number of tokens; there is no budget of tokens now"),
    ],
)
def test_a_limit_that_can_t_be_used_is_told_with_that_there_is_none(option: str, given: Any, wrong: str) -> None:
    client = Client.of({"initializationOptions": {option: given, "steps": 7}})
    assert (client.complaint, client.options.steps) == ("", 7)
    found, _ = configured(Settings(Path("/state")), client.options)
    assert (found.budget, found.token_budget) == (None, None)
    assert list(without_limits(found, client.unlimited)) == [f"initializationOptions.{wrong}"]


def test_a_limit_of_the_environment_holds_in_the_place_of_a_wrong_one() -> None:
    client = Client.of({"initializationOptions": {"budget": "abc", "tokenBudget": {}}})
    around = Settings(Path("/state"), budget=Decimal(3), token_budget=9000)
    found, _ = configured(around, client.options)
    assert (found.budget, found.token_budget) == (Decimal(3), 9000)
    dollars, tokens = without_limits(found, client.unlimited)
    assert dollars.endswith("; the environment's budget of $3.00 holds")
    assert tokens.endswith("; the environment's budget of 9000 tokens holds")


@pytest.mark.parametrize(
    ("option", "given", "wrong"),
    [
        ("steps", 0, "steps: 0 is not a number above 0"),
        ("window", "wide", 'window: "wide" is not a whole number'),
        ("fast", "perhaps", 'fast: "perhaps" is not true or false'),
        ("api", "soap", 'api: "soap" is not responses or chat'),
        ("model", 3, "model: 3 is not a text"),
        ("prices", {"m": {"input": "free", "output": 1}}, 'prices.m.input: "free" is not a number'),
        ("prices", {"m": {"input": 1}}, "prices.m.output: it is missing"),
        ("prices", 3, "prices: 3 is not a table"),
        ("hostedTools", "web_search", 'hostedTools: "web_search" is not a list'),
        ("minutes", "x" * 99, f'minutes: "{"x" * 38}… is not a number'),
    ],
)
def test_a_wrong_setting_is_told_in_plain_words(option: str, given: Any, wrong: str) -> None:
    told = Client.of({"initializationOptions": {option: given}}).complaint
    assert told == f"initializationOptions.{wrong}; its default is used"


def test_an_address_that_is_no_text_does_not_become_the_usual_one() -> None:
    client = Client.of({"initializationOptions": {"model": "m", "baseUrl": 3}})
    found, remarks = configured(Settings(Path("/state")), client.options)
    assert (found.model, found.base_url) == ("m", "")
    assert remarks[0].startswith("initializationOptions.baseUrl: it is not an address")


def test_a_settings_page_that_is_wrong_all_over_is_told_in_a_few_sentences() -> None:
    names = ("model", "script", "api", "effort", "fast", "steps", "minutes", "window")
    wrong: dict[str, Any] = {name: {} for name in names}
    complaint = Client.of({"initializationOptions": wrong}).complaint
    assert complaint.count("its default is used") == MOST_COMPLAINTS


@pytest.mark.parametrize(
    "name", ["apiKey", "api_key", "openaiApiKey", "OPENAI_API_KEY", "key", "token", "clientSecret"]
)
def test_a_key_is_not_taken_and_that_is_said_without_it(name: str) -> None:
    client = Client.of({"initializationOptions": {"model": "m", name: "very-private"}})
    assert client.options.model == "m"
    assert f"initializationOptions.{name}: keys are not taken from here" in client.complaint
    assert "very-private" not in client.complaint
    assert "very-private" not in repr(client)


@pytest.mark.parametrize("name", ["tokenBudget", "monkey", "keyboard"])
def test_a_name_that_only_sounds_like_a_key_is_no_key(name: str) -> None:
    assert "keys are not taken" not in Client.of({"initializationOptions": {name: 5}}).complaint


def test_the_policy_and_what_is_saved_are_settings() -> None:
    harness = {"protocolVersion": 1, "editorApply": True}
    able = {"experimental": {"harness": harness}}
    client = Client.of({"capabilities": able, "initializationOptions": {"review": "keep", "save": "never"}})
    assert (client.options.review, client.options.save, client.complaint) == ("keep", "never", "")
    stock = Client.of({"initializationOptions": {"review": "keep"}})
    assert "needs an editor that declares `editorApply`" in stock.complaint
    wrong = Client.of({"initializationOptions": {"review": "allow"}})
    assert wrong.options.review is None
    assert wrong.complaint.startswith("initializationOptions.review: ")


@pytest.mark.parametrize("options", [None, [], "scripted", 1, {}, {"model": None}, {"unknown": 1}])
def test_no_settings_are_no_complaint(options: Any) -> None:
    assert Client.of({"initializationOptions": options}).complaint == ""
