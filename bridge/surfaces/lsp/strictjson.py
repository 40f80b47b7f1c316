"""JSON as RFC 8259 has it, which `json.loads` does not: one reading of each message, or none.

Standard library without `typing`: the front door imports this before its first answer.
"""

import json


class BadJson(ValueError):
    """The bytes are not one JSON value; the message says why in words that are safe to send back."""


def loads(body: bytes) -> object:
    """The value in a UTF-8 body. A byte order mark is ignored (RFC 8259 section 8.1).

    Raises BadJson for anything that two readers could take differently: other encodings, NaN and infinities (also
    1e999), a repeated key, a lone surrogate, integers over Python's 4,300 digits, nesting beyond the interpreter's
    recursion limit.
    """
    try:
        text = body.decode("utf-8").removeprefix("\ufeff")
        value: object = _DECODER.decode(text)
        if "\\ud" in text or "\\uD" in text:
            # An escaped pair is one character after decoding; what is left over can't be encoded.
            dumps(value)
    except UnicodeDecodeError:
        raise BadJson("the body is not UTF-8") from None
    except UnicodeEncodeError:
        raise BadJson("a string holds half of a surrogate pair") from None
    except json.JSONDecodeError as error:
        raise BadJson(f"{error.msg} at character {error.pos}") from None
    except RecursionError:
        raise BadJson("the value is nested too deeply") from None
    except BadJson:
        raise
    except ValueError:
        raise BadJson("a number has too many digits") from None
    return value


def dumps(value: object) -> bytes:
    """The value as compact UTF-8 JSON.

    Raises ValueError for NaN and infinities, UnicodeEncodeError (a ValueError) for a lone surrogate, TypeError for what
    is not JSON, RecursionError for what is nested too deeply.
    """
    return _ENCODER.encode(value).encode("utf-8")


def _refuse_constant(name: str) -> object:
    raise BadJson(f"{name} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if number in {float("inf"), float("-inf")}:
        raise BadJson("a number is out of range")
    return number


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise BadJson("an object has the same key twice")
    return members


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite, object_pairs_hook=_without_repeats)
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
