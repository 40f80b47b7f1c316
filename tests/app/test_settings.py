"""Settings from the environment: what each variable may be, and how a wrong one is told."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bridge.app.settings import VARIABLES, Settings, environment_settings
from bridge.harness.models.service.endpoint import OPENAI_URL


def read(**variables: str) -> Settings:
    """The settings of an environment that has nothing but these: HARNESS_BRIDGE_<name>."""
    return environment_settings({f"HARNESS_BRIDGE_{name}": value for name, value in variables.items()})


def test_without_variables_all_is_as_the_class_has_it() -> None:
    settings = environment_settings({})
    assert settings == Settings(settings.state_dir)
    assert (settings.base_url, settings.api, settings.remarks) == (OPENAI_URL, "responses", ())


def test_every_variable() -> None:
    settings = read(
        STATE_DIR="/s",
        MODEL="gpt-5.2",
        SCRIPT="/x.json",
        BASE_URL="https://models.example/v1/",
        API="CHAT",
        FALLBACK="gpt-5-mini",
        EFFORT="high",
        FAST="1",
        STORE="yes",
        BACKGROUND="on",
        BUDGET="$2.50",
        TOKEN_BUDGET="1_000_000",
        STEPS="12",
        MINUTES="7.5",
        IDLE_SECONDS="3",
        WINDOW="8,192",
        HOSTED_TOOLS="web_search, code_interpreter",
    )
    assert settings == Settings(
        Path("/s"),
        model="gpt-5.2",
        script=Path("/x.json"),
        base_url="https://models.example/v1",
        api="chat",
        fallback="gpt-5-mini",
        effort="high",
        fast=True,
        store=True,
        background=True,
        budget=Decimal("2.50"),
        budget_said=True,
        token_budget=1_000_000,
        steps=12,
        minutes=7.5,
        idle_seconds=3.0,
        window=8192,
        hosted_tools=("web_search", "code_interpreter"),
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("API", "grpc"),
        ("EFFORT", "xhigh"),
        ("FAST", "quick"),
        ("BUDGET", "much"),
        ("BUDGET", "-1"),
        ("BUDGET", "NaN"),
        ("BUDGET", "Infinity"),
        ("TOKEN_BUDGET", "0"),
        ("STEPS", "1.5"),
        ("STEPS", "²"),
        ("STEPS", "9" * 5000),
        ("MINUTES", "inf"),
        ("MINUTES", "nan"),
        ("WINDOW", "-8192"),
        ("HOSTED_TOOLS", "[1]"),
        ("HOSTED_TOOLS", "[{"),
    ],
)
def test_a_wrong_value_is_told_and_its_default_taken(name: str, value: str) -> None:
    settings = read(STATE_DIR="/s", **{name: value})
    (remark,) = settings.remarks
    assert remark.startswith(f"HARNESS_BRIDGE_{name} is ")
    assert remark.endswith("; the default is used.")
    assert len(remark) < 300
    assert settings == Settings(Path("/s"), remarks=settings.remarks)


@pytest.mark.parametrize(
    "value",
    [
        "models.example",
        "file:///etc",
        "http://",
        "http://host:99999/v1",
        "http://host:0/v1",
        "http://[::1/v1",
        "https://models.example/v1?key=x",
    ],
)
@pytest.mark.parametrize("name", ["HARNESS_BRIDGE_BASE_URL", "OPENAI_BASE_URL"])
def test_with_an_address_that_is_none_nothing_goes_elsewhere(name: str, value: str) -> None:
    settings = environment_settings({name: value})
    assert settings.base_url == ""
    (remark,) = settings.remarks
    assert remark.startswith(f"{name} is ")
    assert remark.endswith("; no model of a service is asked until it is right.")


def test_an_empty_value_is_none() -> None:
    assert read(STATE_DIR="/s", EFFORT="", STEPS=" ", BASE_URL="") == Settings(Path("/s"))


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    (remark,) = read(BASE_URL="https://me:hunter2@models.example/v1").remarks
    assert "hunter2" not in remark
    assert "models.example" in remark


def test_the_address_of_openai_s_own_tools_counts_where_ours_is_not_set() -> None:
    theirs = {"OPENAI_BASE_URL": "https://gateway.example/v1"}
    assert environment_settings(theirs).base_url == "https://gateway.example/v1"
    both = environment_settings({**theirs, "HARNESS_BRIDGE_BASE_URL": "http://127.0.0.1:1/v1"})
    assert both.base_url == "http://127.0.0.1:1/v1"


def test_tools_of_the_service_may_be_objects() -> None:
    settings = read(HOSTED_TOOLS='["web_search", {"type": "file_search", "vector_store_ids": ["vs_1"]}]')
    assert settings.hosted_tools == ("web_search", '{"type": "file_search", "vector_store_ids": ["vs_1"]}')


def test_a_budget_may_be_none_in_so_many_words() -> None:
    assert read(STATE_DIR="/s", BUDGET="None") == Settings(Path("/s"), budget=None, budget_said=True)


def test_a_misspelt_variable_is_named_with_what_may_be_meant_and_others_are_left_alone() -> None:
    remarks = read(BUDGETT="5", ZZZZ="x", TEST_CACHE="/c", API_KEY="k", LOG="debug", COMMAND="1").remarks
    assert remarks == (
        "HARNESS_BRIDGE_BUDGETT is set, and there is no such setting; HARNESS_BRIDGE_BUDGET may be meant.",
        "HARNESS_BRIDGE_ZZZZ is set, and there is no such setting.",
    )


def test_every_setting_that_is_read_is_among_the_known_variables() -> None:
    class Noting(dict[str, str]):
        """Notes what it is asked for."""

        def get(self, key: str, default: Any = None) -> Any:
            asked.add(key)
            return default

    asked: set[str] = set()
    environment_settings(Noting())
    ours = {name for name in asked if name.startswith("HARNESS_BRIDGE_")}
    assert ours == VARIABLES - {f"HARNESS_BRIDGE_{name}" for name in ("API_KEY", "LOG", "COMMAND")}
