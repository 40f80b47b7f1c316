"""TypeScript types from the schema bundle: interfaces, literal unions, discriminated unions and a map of methods."""

import json
from collections.abc import Iterator

from bridge.protocol.base import PROTOCOL_VERSION, Wire
from bridge.protocol.commands import COMMANDS
from bridge.protocol.export.schema import Schema
from bridge.protocol.methods import METHODS
from bridge.protocol.row import Direction, Kind, Method

HEADER = """\
// GENERATED from bridge/protocol by scripts/gen.py. Do not edit: change the models and run `make gen`.
// A field marked with `?` may be left out; null means the same. Skip kinds and fields that you don't know.
"""

SCALARS = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def typescript(bundle: Schema) -> str:
    """The whole of generated.ts."""
    parts = [HEADER, f"export const PROTOCOL_VERSION = {PROTOCOL_VERSION} as const;\n"]
    parts += [_declaration(name, schema) for name, schema in bundle["$defs"].items()]
    parts += [_methods(), _commands()]
    parts += [
        _names("ClientRequest", "client_to_server", "request"),
        _names("ClientNotification", "client_to_server", "notification"),
        _names("ServerRequest", "server_to_client", "request"),
        _names("ServerNotification", "server_to_client", "notification"),
    ]
    return "\n".join(parts)


def _declaration(name: str, schema: Schema) -> str:
    doc = _comment(schema.get("description", ""), "")
    if schema.get("type") != "object":
        return f"{doc}export type {name} = {type_expression(schema)};\n"
    if not schema.get("properties"):
        return f"{doc}export type {name} = Record<string, never>;\n"
    return f"{doc}export interface {name} {{\n{''.join(_fields(schema))}}}\n"


def _fields(schema: Schema) -> Iterator[str]:
    required = schema.get("required", ())
    for name, value in schema["properties"].items():
        mark = "" if name in required else "?"
        yield f"{_comment(value.get('description', ''), '  ')}  {name}{mark}: {type_expression(value)};\n"


def type_expression(schema: Schema) -> str:
    """The TypeScript type of a schema without properties of its own."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    for union in ("oneOf", "anyOf"):
        if union in schema:
            return " | ".join(type_expression(member) for member in schema[union])
    if schema.get("type") == "array":
        return f"Array<{type_expression(schema['items'])}>"
    if schema.get("type") == "object":
        return "Record<string, unknown>"
    return SCALARS.get(schema.get("type", ""), "unknown")


def _comment(text: str, indent: str) -> str:
    if not text:
        return ""
    lines = text.replace("*/", "* /").split("\n")
    if len(lines) == 1:
        return f"{indent}/** {lines[0]} */\n"
    body = "".join(f"{indent} * {line}".rstrip() + "\n" for line in lines)
    return f"{indent}/**\n{body}{indent} */\n"


def _methods() -> str:
    rows = "".join(_method(row) for row in METHODS)
    doc = "/** Every message by its method: the types of its params and of its result. */\n"
    return f"{doc}export interface Methods {{\n{rows}}}\n"


def _method(row: Method) -> str:
    shape = f"{{ params: {_name(row.params)}; result: {_name(row.result)} }}"
    return f"{_comment(row.doc, '  ')}  {json.dumps(row.name)}: {shape};\n"


def _commands() -> str:
    rows = "".join(
        f"{_comment(command.doc, '  ')}  {json.dumps(command.name)}: "
        f"{{ arguments: [{_name(command.arguments)}]; result: {_name(command.result)} }};\n"
        for command in COMMANDS
    )
    doc = "/** Every command of workspace/executeCommand: its one argument and the type of its result. */\n"
    return f"{doc}export interface Commands {{\n{rows}}}\n"


def _name(model: type[Wire] | None) -> str:
    return model.__name__ if model is not None else "null"


def _names(alias: str, direction: Direction, kind: Kind) -> str:
    names = [json.dumps(row.name) for row in METHODS if row.direction == direction and row.kind == kind]
    return f"export type {alias} = {' | '.join(names) or 'never'};\n"
