"""Whether an answer has the form that was asked for. Through `bridge.lazy`: jsonschema takes 80 ms to import."""

import json
from typing import Any

import jsonschema
import referencing
from jsonschema.exceptions import SchemaError, best_match
from jsonschema.validators import validator_for
from referencing.exceptions import Unresolvable

from bridge.harness.values.model import OutputSchema


def flaw(wanted: OutputSchema) -> str:
    """What is wrong with the schema itself; empty where nothing is."""
    kind = _kind(wanted)
    try:
        kind.check_schema(wanted.schema)
    except SchemaError as error:
        return f"{error.json_path}: {error.message}"
    return ""


def misfit(wanted: OutputSchema, text: str) -> str:
    """Why the text is not what was wanted; empty where it is."""
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError) as error:
        return f"it is not JSON ({error})"
    # A registry of our own: what a schema points to is never fetched.
    validator = _kind(wanted)(wanted.schema, registry=referencing.Registry())
    try:
        worst = best_match(validator.iter_errors(answer))
    except Unresolvable as unknown:
        return f"the schema points to what is not in it ({unknown})"
    return f"{worst.json_path}: {worst.message}" if worst is not None else ""


def _kind(wanted: OutputSchema) -> Any:
    return validator_for(wanted.schema, default=jsonschema.Draft202012Validator)
