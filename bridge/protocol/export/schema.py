"""One JSON Schema (2020-12) bundle of all wire models, with every union and every enumeration named."""

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from bridge.protocol.base import PROTOCOL_VERSION, Wire
from bridge.protocol.commands import COMMANDS
from bridge.protocol.errors import ResponseError
from bridge.protocol.handshake import HarnessClientCapabilities, HarnessServerCapabilities, InitializationOptions
from bridge.protocol.methods import METHODS

Schema = dict[str, Any]

HANDSHAKE: tuple[type[Wire], ...] = (HarnessClientCapabilities, HarnessServerCapabilities, InitializationOptions)


class _Generator(GenerateJsonSchema):
    """Without titles of fields: TypeScript generators turn each into a type of its own."""

    def field_title_should_be_set(self, schema: object) -> bool:
        return False


def roots() -> tuple[type[Wire], ...]:
    """Every model that a message, a command, an error or the handshake names, once, in the order of the table."""
    named: list[type[Wire] | None] = [*HANDSHAKE, ResponseError]
    named += [model for row in METHODS for model in (row.params, row.result)]
    named += [model for command in COMMANDS for model in (command.arguments, command.result)]
    return tuple(dict.fromkeys(model for model in named if model is not None))


def bundle() -> Schema:
    """The schema bundle: `$defs` has each type by its name, sorted."""
    mode: JsonSchemaMode = "validation"
    _, generated = models_json_schema([(model, mode) for model in roots()], schema_generator=_Generator)
    defs = {name: _tidied(schema) for name, schema in sorted(generated["$defs"].items())}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Harness Bridge protocol",
        "description": "Every type of the protocol, under $defs. Which message has which type: methods.json. "
        "Fields that are not listed are ignored by the daemon.",
        "x-protocolVersion": PROTOCOL_VERSION,
        "$defs": defs,
    }


def _tidied(schema: Schema) -> Schema:
    """A type as published: the tag is required, no defaults (absent means null), `_meta` comes last."""
    properties: dict[str, Schema] = schema.get("properties", {})
    if not properties:
        return schema
    required = set(schema.get("required", ()))
    required |= {name for name, value in properties.items() if "const" in value}
    ordered = sorted(properties.items(), key=lambda item: (item[0] == "_meta", "const" not in item[1]))
    tidied = {name: {key: value for key, value in prop.items() if key != "default"} for name, prop in ordered}
    rest = {key: value for key, value in schema.items() if key not in ("properties", "required")}
    needed = [name for name in tidied if name in required]
    return {**rest, "properties": tidied} | ({"required": needed} if needed else {})
