"""Our session messages are ACP's: its golden messages are ours, and ours are valid by its schema."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter

from bridge.protocol import content, handshake, permission, session, toolcall, update
from bridge.protocol.base import AcpWire, Wire, parse_with, strict
from bridge.protocol.export import examples
from bridge.protocol.export.schema import bundle
from tests.support.corpora import corpus_path, ran

NOT_CARRIED = {
    "fs_read_text_file_request": "open documents come by LSP's document sync",
    "fs_read_text_file_response": "open documents come by LSP's document sync",
    "fs_write_text_file_request": "text is applied by workspace/applyEdit",
    "initialize_request": "LSP's initialize takes its place",
    "initialize_response": "LSP's initialize takes its place",
    "tool_content_terminal": "the daemon offers no terminals",
}

CONTENT_BLOCK: TypeAdapter[Any] = TypeAdapter(content.ContentBlock)
TOOL_CONTENT: TypeAdapter[Any] = TypeAdapter(toolcall.ToolCallContent)
OUTCOME: TypeAdapter[Any] = TypeAdapter(permission.RequestPermissionOutcome)
UPDATE: TypeAdapter[Any] = TypeAdapter(update.SessionUpdate)

# By the beginning of a golden file's name: ACP's type and ours.
GOLDEN: dict[str, tuple[str, type[Wire] | TypeAdapter[Any]]] = {
    "cancel_notification": ("CancelNotification", session.CancelNotification),
    "content_": ("ContentBlock", CONTENT_BLOCK),
    "new_session_request": ("NewSessionRequest", session.NewSessionRequest),
    "new_session_response": ("NewSessionResponse", session.NewSessionResponse),
    "permission_outcome_": ("RequestPermissionOutcome", OUTCOME),
    "prompt_request": ("PromptRequest", session.PromptRequest),
    "request_permission_request": ("RequestPermissionRequest", permission.RequestPermissionRequest),
    "request_permission_response_": ("RequestPermissionResponse", permission.RequestPermissionResponse),
    "session_update_": ("SessionUpdate", UPDATE),
    "tool_content_": ("ToolCallContent", TOOL_CONTENT),
}

# Models whose fields are compared with ACP's: ACP's type by ours, where the names differ.
RENAMED = {
    "ToolCallStart": "ToolCall",
    "ToolCallProgress": "ToolCallUpdate",
    "PlanUpdate": "Plan",
    "UserMessageChunk": "ContentChunk",
    "AgentMessageChunk": "ContentChunk",
    "AgentThoughtChunk": "ContentChunk",
    "PermissionSelected": "SelectedPermissionOutcome",
}
# ACP's variants of a type, of which ours has this one; its fields are ours too.
VARIANT: dict[str, dict[str, Any]] = {
    "SessionConfigOption": {"$ref": "#/$defs/SessionConfigSelect"},
    "SetSessionConfigOptionRequest": {"title": "value_id"},
}
# What ours have beside ACP's fields, but for the tags, which ACP writes into its unions.
OURS_BESIDE = {
    "SessionNotification": {"seq"},
    "PromptRequest": {"workDoneToken", "queue", "outputSchema"},
}
# What ACP requires and ours does not.
LENIENT = {"NewSessionRequest": {"mcpServers"}, "LoadSessionRequest": {"mcpServers"}}


def acp_schema() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(corpus_path("acp/schema/v1/schema.json").read_text(encoding="utf-8"))
    return loaded


def acp_type(name: str) -> dict[str, Any]:
    """A type of ACP's, with the fields of the variant that is ours."""
    defs = acp_schema()["$defs"]
    found: dict[str, Any] = defs[name]
    variant = VARIANT.get(name)
    if variant is None:
        return found
    if "$ref" in variant:
        chosen = defs[variant["$ref"].rsplit("/", 1)[-1]]
    else:
        (chosen,) = (one for one in found["anyOf"] if one.get("title") == variant["title"])
    fields = {**found["properties"], **chosen["properties"]}
    return {**found, "properties": fields, "required": [*found["required"], *chosen["required"]]}


def golden_names() -> list[str]:
    return sorted(path.stem for path in corpus_path("acp/golden").glob("*.json"))


def acp_validator(name: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": acp_schema()["$defs"]})


def parsed(shape: type[Wire] | TypeAdapter[Any], raw: object) -> Wire:
    with strict():
        if isinstance(shape, TypeAdapter):
            message: Wire = parse_with(shape, raw)
            return message
        return shape.parse(raw)


def the_types_of(name: str) -> tuple[str, type[Wire] | TypeAdapter[Any]]:
    return max(((prefix, types) for prefix, types in GOLDEN.items() if name.startswith(prefix)))[1]


@pytest.mark.parametrize("name", [name for name in golden_names() if name not in NOT_CARRIED])
def test_a_golden_message_of_acp_is_read_and_written_back_the_same(name: str) -> None:
    raw = json.loads((corpus_path("acp/golden") / f"{name}.json").read_text(encoding="utf-8"))
    acp_type, shape = the_types_of(name)

    written = parsed(shape, raw).dump()

    assert written == raw
    assert list(acp_validator(acp_type).iter_errors(written)) == []
    ran("acp/golden", f"{name}.json")


def test_every_golden_message_is_carried_or_has_a_reason_not_to_be() -> None:
    assert set(NOT_CARRIED) <= set(golden_names())
    assert len(golden_names()) - len(NOT_CARRIED) == 27


@pytest.mark.parametrize(
    ("method", "part", "acp_type"),
    [
        ("harness/session/new", examples.PARAMS, "NewSessionRequest"),
        ("harness/session/new", examples.RESULTS, "NewSessionResponse"),
        ("harness/session/load", examples.PARAMS, "LoadSessionRequest"),
        ("harness/session/load", examples.RESULTS, "LoadSessionResponse"),
        ("harness/session/list", examples.PARAMS, "ListSessionsRequest"),
        ("harness/session/list", examples.RESULTS, "ListSessionsResponse"),
        ("harness/session/close", examples.PARAMS, "CloseSessionRequest"),
        ("harness/session/close", examples.RESULTS, "CloseSessionResponse"),
        ("harness/session/prompt", examples.PARAMS, "PromptRequest"),
        ("harness/session/prompt", examples.RESULTS, "PromptResponse"),
        ("harness/session/cancel", examples.PARAMS, "CancelNotification"),
        ("harness/session/set_config_option", examples.PARAMS, "SetSessionConfigOptionRequest"),
        ("harness/session/set_config_option", examples.RESULTS, "SetSessionConfigOptionResponse"),
        ("harness/session/request_permission", examples.PARAMS, "RequestPermissionRequest"),
        ("harness/session/request_permission", examples.RESULTS, "RequestPermissionResponse"),
    ],
)
def test_our_session_messages_are_valid_by_acps_schema(method: str, part: dict[str, Any], acp_type: str) -> None:
    assert list(acp_validator(acp_type).iter_errors(part[method])) == []


def test_a_new_session_without_servers_is_written_with_the_empty_list_that_acp_requires() -> None:
    written = session.NewSessionRequest(cwd="/project").dump()

    assert list(acp_validator("NewSessionRequest").iter_errors(written)) == []


def test_updates_of_acps_kinds_are_valid_by_acps_schema_and_the_others_are_ours() -> None:
    acp_kinds = {
        member["properties"]["sessionUpdate"]["const"] for member in acp_schema()["$defs"]["SessionUpdate"]["oneOf"]
    }
    shared = [example for example in examples.UPDATES if example["sessionUpdate"] in acp_kinds]
    ours = {example["sessionUpdate"] for example in examples.UPDATES} - acp_kinds

    for example in shared:
        message = {"sessionId": examples.SESSION, "seq": 3, "update": example}
        assert list(acp_validator("SessionNotification").iter_errors(message)) == []
    assert len(shared) == 9
    assert ours == {
        "turn_started",
        "turn_ended",
        "hunk_update",
        "approval_opened",
        "approval_closed",
        "note",
        "retrying",
        "model_switched",
        "feature_lowered",
        "compacted",
        "budget_warning",
        "queue_update",
    }


def test_types_that_are_acps_have_its_fields_and_nothing_else() -> None:
    defs = bundle()["$defs"]
    models: list[type[Wire]] = [*AcpWire.__subclasses__(), permission.RequestPermissionRequest]
    models.append(update.UsageUpdate)
    models += update.ContentChunk.__subclasses__()
    models += [*toolcall.ToolCall.__subclasses__(), *toolcall.ToolCallUpdate.__subclasses__()]
    compared = 0
    for model in models:
        name = model.__name__
        if name not in defs:  # a base of the tagged ones
            continue
        acp = acp_type(RENAMED.get(name, name))
        fields, beside = defs[name]["properties"], OURS_BESIDE.get(name, set())
        tags = {field for field, value in fields.items() if "const" in value}
        assert set(fields) - tags - beside <= set(acp["properties"]), name
        needed = set(defs[name].get("required", ())) - tags
        assert set(acp.get("required", ())) - needed == LENIENT.get(name, set()), name
        assert needed <= set(acp.get("required", ())), name
        compared += 1
    assert compared == 49


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("StopReason", "StopReason"),
        ("ToolKind", "ToolKind"),
        ("ToolCallStatus", "ToolCallStatus"),
        ("PermissionOptionKind", "PermissionOptionKind"),
        ("PlanEntryPriority", "PlanEntryPriority"),
        ("PlanEntryStatus", "PlanEntryStatus"),
        ("Role", "Role"),
    ],
)
def test_enumerations_that_are_acps_have_its_values(ours: str, theirs: str) -> None:
    values = [member["const"] for member in acp_schema()["$defs"][theirs]["oneOf"]]

    assert sorted(bundle()["$defs"][ours]["enum"]) == sorted(values)


def test_the_extension_field_survives_and_carries_our_question_id() -> None:
    raw = examples.PARAMS["harness/session/request_permission"]

    asked = permission.RequestPermissionRequest.parse(raw)

    assert asked.meta is not None
    assert asked.meta.harness.approval_id == examples.APPROVAL
    assert handshake.PromptCapabilities.parse({"image": True, "_meta": {"a": None}}).dump()["_meta"] == {"a": None}
