"""Reading settings from text: what each may be, and how a value that is wrong is told."""

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from math import isfinite
from typing import TypeVar
from urllib.parse import urlsplit

PREFIX = "HARNESS_BRIDGE_"

FOR_TESTS = f"{PREFIX}TEST_"
"""What begins so is no setting, and is not looked at."""

_PASSWORD = re.compile(r"//.*@", re.DOTALL)
"""In an address: it is shown to nobody."""

T = TypeVar("T")
Parse = Callable[[str], T]
"""Raises `Unfit`."""


class Unfit(Exception):
    """A text that is no value of its setting; the message says what one is: "a whole number above 0"."""


class Reader:
    """The variables of an environment, and what was wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """`environ` is only read."""
        self._environ = environ
        self._remarks: list[str] = []

    @property
    def remarks(self) -> tuple[str, ...]:
        """A sentence for each value that could not be used so far."""
        return tuple(self._remarks)

    def text(self, name: str) -> str:
        """HARNESS_BRIDGE_<name>, or empty."""
        return self._environ.get(f"{PREFIX}{name}", "")

    def value(self, name: str, parse: Parse[T]) -> T | None:
        """What HARNESS_BRIDGE_<name> says; None where it is not set, is empty, or can't be used."""
        return self.named(f"{PREFIX}{name}", parse)

    def first(self, variables: Sequence[str]) -> str:
        """The first of these variables that is set; empty where none is."""
        return next((name for name in variables if self._environ.get(name, "").strip()), "")

    def named(self, variable: str, parse: Parse[T], instead: str = "the default is used") -> T | None:
        """The same, of any variable. `instead` says what is done where it can't be used."""
        text = self._environ.get(variable, "").strip()
        if not text:
            return None
        try:
            return parse(text)
        except Unfit as wrong:
            shown = _PASSWORD.sub("//…@", text)[:80]
            self._remarks.append(f"{variable} is {shown!r}, which is not {wrong}; {instead}.")
            return None

    def strangers(self, known: Collection[str]) -> None:
        """Remark on each variable of our prefix that is none of `known`: most likely it is misspelt."""
        for name in sorted(self._environ):
            if name.startswith(PREFIX) and not name.startswith(FOR_TESTS) and name not in known:
                near = get_close_matches(name.removeprefix(PREFIX), [one.removeprefix(PREFIX) for one in known], 1, 0.7)
                meant = f"; {PREFIX}{near[0]} may be meant" if near else ""
                self._remarks.append(f"{name[:80]} is set, and there is no such setting{meant}.")


def choice(words: Sequence[T]) -> Parse[T]:
    """One of `words`, in any case of letters."""

    def parse(text: str) -> T:
        for word in words:
            if text.lower() == word:
                return word
        raise Unfit(f"one of {', '.join(map(str, words))}")

    return parse


def switch(text: str) -> bool:
    """On or off."""
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"0", "false", "no", "off"}:
        return False
    raise Unfit("one of 1, true, yes, on, 0, false, no, off")


def whole(text: str) -> int:
    """A count, with `_` or `,` between its digits if wanted."""
    digits = text.replace("_", "").replace(",", "")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 15 and int(digits) > 0):
        raise Unfit("a whole number above 0")
    return int(digits)


def minutes(text: str) -> float:
    """A length of time."""
    return _above_0(text, "a number of minutes above 0")


def seconds(text: str) -> float:
    """A length of time."""
    return _above_0(text, "a number of seconds above 0")


def _above_0(text: str, wanted: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not (isfinite(value) and value > 0):
        raise Unfit(wanted)
    return value


def dollars(text: str) -> Decimal:
    """An amount of money, with or without its sign."""
    try:
        value = Decimal(text.removeprefix("$"))
    except InvalidOperation:
        value = Decimal(0)
    if not (value.is_finite() and value > 0):
        raise Unfit("an amount of dollars above 0")
    return value


def dollars_or_none(text: str) -> Decimal:
    """An amount of money; 0 for the word `none`: no limit."""
    return Decimal(0) if text.lower() == "none" else dollars(text)


def address(text: str) -> str:
    """The base of a server's API, without a slash at its end. Names and passwords have no place in it."""
    try:
        url = urlsplit(text)
        fits = url.scheme in {"http", "https"} and bool(url.hostname) and (url.port is None or url.port > 0)
    except ValueError:
        fits = False
    else:
        fits = fits and url.username is None and not url.query and not url.fragment
    if not fits:
        raise Unfit("an address like https://host/v1, without a name, password, query or fragment")
    return text.rstrip("/")


def names(text: str) -> tuple[str, ...]:
    """Words with commas between them, or a JSON array of words and objects; an object stays as JSON."""
    if not text.startswith("["):
        return tuple(word.strip() for word in text.split(",") if word.strip())
    try:
        parts = json.loads(text)
    except ValueError:
        parts = [None]
    if not all(isinstance(part, str | dict) for part in parts):
        raise Unfit("a list of names, or a JSON array of names and objects")
    return tuple(part if isinstance(part, str) else json.dumps(part) for part in parts)
