"""THE table is complete: every message, command and type is named once, documented, and has an example."""

import ast
import inspect
from pathlib import Path

import pytest

import bridge.protocol
from bridge.protocol import commands, config, editor, methods, permission, review, session, update, usage
from bridge.protocol.base import PROTOCOL_VERSION, AcpWire, Wire
from bridge.protocol.export import examples
from bridge.protocol.export.schema import bundle, roots
from bridge.protocol.row import Method
from bridge.surfaces.lsp import capabilities

PACKAGE = Path(inspect.getfile(bridge.protocol)).parent


def subclasses(model: type[Wire]) -> set[type[Wire]]:
    return {model} | {below for child in model.__subclasses__() for below in subclasses(child)}


def wire_models() -> list[type[Wire]]:
    """Every wire model of the package, but for the two bases."""
    ours = {model for model in subclasses(Wire) if model.__module__.startswith("bridge.protocol.")}
    return sorted(ours - {Wire, AcpWire}, key=lambda model: model.__name__)


MODELS = wire_models()


def test_the_table_has_the_messages_of_this_version() -> None:
    assert {row.name for row in methods.METHODS if row.direction == "server_to_client"} == {
        "harness/session/request_permission",
        "harness/session/update",
        "harness/editor/apply",
        "harness/editor/save",
    }
    assert {row.name for row in methods.METHODS if row.direction == "client_to_server"} == {
        "harness/session/new",
        "harness/session/load",
        "harness/session/list",
        "harness/session/close",
        "harness/session/prompt",
        "harness/session/cancel",
        "harness/session/set_config_option",
        "harness/review/list",
        "harness/review/get",
        "harness/review/decide",
        "harness/review/undo",
        "harness/review/comment",
        "harness/permission/pending",
        "harness/permission/answer",
        "harness/editor/shown",
        "harness/session/steer",
        "harness/session/unqueue",
        "harness/session/compact",
        "harness/usage/get",
        "harness/model/list",
    }


def test_every_resource_that_has_rows_is_in_the_table() -> None:
    with_rows = {path.stem for path in PACKAGE.glob("*.py") if "\nROWS: " in path.read_text(encoding="utf-8")}

    assert with_rows == {"session", "config", "update", "review", "permission", "editor", "usage"}
    joined = [*session.ROWS, *config.ROWS, *update.ROWS, *review.ROWS, *permission.ROWS, *editor.ROWS, *usage.ROWS]
    assert sorted(row.name for row in joined) == sorted(row.name for row in methods.METHODS)


@pytest.mark.parametrize("row", methods.METHODS, ids=lambda row: row.name)
def test_a_row_is_whole(row: Method) -> None:
    assert row.name.startswith("harness/")
    assert row.doc.endswith(".")
    assert row.params is not None
    assert (row.result is None) == (row.kind == "notification")
    if row.scope == "session":
        assert "session_id" in row.params.model_fields, "its queue is named by the session"
    assert row.name in examples.PARAMS
    assert (row.name in examples.RESULTS) == (row.kind == "request")


@pytest.mark.parametrize("command", commands.COMMANDS, ids=lambda command: command.name)
def test_a_command_is_whole(command: commands.Command) -> None:
    assert command.name.startswith("harness.")
    assert command.title
    assert command.doc.endswith(".")
    assert command.name in examples.COMMAND_ARGUMENTS
    assert (command.name in examples.COMMAND_RESULTS) == (command.result is not None)


def test_names_are_unique() -> None:
    for names in (
        [row.name for row in methods.METHODS],
        [command.name for command in commands.COMMANDS],
        [model.__name__ for model in MODELS],
    ):
        assert len(names) == len(set(names))
    assert len(methods.BY_NAME) == len(methods.METHODS)
    assert len(commands.BY_NAME) == len(commands.COMMANDS)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_wire_model_and_each_of_its_fields_is_described(model: type[Wire]) -> None:
    assert model.__doc__ is not None
    assert model.__doc__ != model.__base__.__doc__, "described by its base, not by itself"
    for name, field in model.model_fields.items():
        assert field.description, f"{model.__name__}.{name} has no description"
        assert field.description.endswith("."), f"{model.__name__}.{name}"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_default_is_null_or_a_tag_or_the_empty_list_that_acp_wants(model: type[Wire]) -> None:
    properties = model.model_json_schema()["properties"] if model.model_fields else {}
    for name, field in model.model_fields.items():
        alias = field.serialization_alias or name
        tag = "const" in properties[alias]
        assert field.is_required() or field.default is None or tag or name == "mcp_servers", f"{model.__name__}.{name}"


def test_every_union_member_has_a_tag_and_a_name_of_its_own() -> None:
    defs = bundle()["$defs"]
    unions = {name: schema for name, schema in defs.items() if "oneOf" in schema}

    assert set(unions) == {
        "ContentBlock",
        "EmbeddedResourceResource",
        "RequestPermissionOutcome",
        "SessionUpdate",
        "ToolCallContent",
    }
    for name, schema in unions.items():
        members = [member["$ref"].rsplit("/", 1)[-1] for member in schema["oneOf"]]
        assert len(members) == len(set(members))
        if name == "EmbeddedResourceResource":  # ACP gives it no tag
            continue
        tag = schema["discriminator"]["propertyName"]
        values = [defs[member]["properties"][tag]["const"] for member in members]
        assert len(values) == len(set(values))
        assert all(tag in defs[member]["required"] for member in members)


def test_every_kind_of_update_has_one_example() -> None:
    kinds = [update["sessionUpdate"] for update in examples.UPDATES]

    assert sorted(kinds) == sorted(bundle()["$defs"]["SessionUpdate"]["discriminator"]["mapping"])


def test_every_wire_model_is_published_or_a_base_of_one_that_is() -> None:
    published = set(bundle()["$defs"])
    bases = {base.__name__ for model in roots_and_below() for base in model.__mro__}

    assert {model.__name__ for model in MODELS} - published <= bases


def roots_and_below() -> set[type[Wire]]:
    published = set(bundle()["$defs"])
    return {*roots(), *(model for model in MODELS if model.__name__ in published)}


def test_the_front_door_announces_the_same_version_and_commands() -> None:
    assert capabilities.PROTOCOL_VERSION == PROTOCOL_VERSION
    assert tuple(capabilities.COMMANDS) == tuple(command.name for command in commands.COMMANDS)


def test_the_daemon_loads_no_exporter_with_the_table() -> None:
    for path in PACKAGE.glob("*.py"):
        imported = [node.module for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)]
        assert not [name for name in imported if name and name.startswith("bridge.protocol.export")], path.name
