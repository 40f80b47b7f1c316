"""What is known of models: OpenAI's, by their own model pages as of November 2026.

A model that is not here works all the same; its window is then what the settings say, or learnt by running into it.
"""

import re
from dataclasses import dataclass, replace

from bridge.harness.values.model import Effort, ModelInfo

_O = ("low", "medium", "high")
_GPT_5 = ("minimal", *_O)
_GPT_5_1 = ("none", *_O)
_CODEX = (*_O, "xhigh")
_PRO = ("medium", "high", "xhigh")
_GPT_5_2 = ("none", *_CODEX)
_GPT_5_6 = (*_GPT_5_2, "max")
_GPT_6_ASTRA = (*_CODEX, "max")

_MILLION = 1_050_000
"""The window of the large models since gpt-5.4; input above 272,000 tokens costs more there."""


def _model(name: str, window: int, output: int, efforts: tuple[str, ...] = (), images: bool = True) -> ModelInfo:
    return ModelInfo(name, window, output, efforts, images)


KNOWN: tuple[ModelInfo, ...] = (
    _model("gpt-6.1-sol", _MILLION, 128_000, _GPT_6_ASTRA),
    _model("gpt-6.1-terra", _MILLION, 128_000, _GPT_5_6),
    _model("gpt-6-astra", _MILLION, 128_000, _GPT_6_ASTRA),
    _model("gpt-6-sol", _MILLION, 128_000, _GPT_5_6),
    _model("gpt-6-luna", _MILLION, 128_000, _GPT_5_6),
    _model("gpt-5.6", _MILLION, 128_000, _GPT_5_6),
    _model("gpt-5.6-sol", _MILLION, 128_000, _GPT_5_6),
    _model("gpt-5.6-terra", _MILLION, 128_000, _GPT_5_6),
    _model("gpt-5.6-luna", _MILLION, 128_000, _GPT_5_6),
    _model("gpt-5.5", _MILLION, 128_000, _GPT_5_2),
    _model("gpt-5.5-pro", _MILLION, 128_000, _PRO),
    _model("gpt-5.4", _MILLION, 128_000, _GPT_5_2),
    _model("gpt-5.4-pro", _MILLION, 128_000, _PRO),
    _model("gpt-5.4-mini", 400_000, 128_000, _GPT_5_2),
    _model("gpt-5.4-nano", 400_000, 128_000, _GPT_5_2),
    _model("gpt-5.3-codex", 400_000, 128_000, _CODEX),
    _model("gpt-5.2", 400_000, 128_000, _GPT_5_2),
    _model("gpt-5.2-codex", 400_000, 128_000, _CODEX),
    _model("gpt-5.2-pro", 400_000, 128_000, _PRO),
    _model("gpt-5.1", 400_000, 128_000, _GPT_5_1),
    _model("gpt-5.1-codex", 400_000, 128_000, _O),
    _model("gpt-5.1-codex-max", 400_000, 128_000, _CODEX),
    _model("gpt-5.1-codex-mini", 400_000, 128_000, _O),
    _model("gpt-5", 400_000, 128_000, _GPT_5),
    _model("gpt-5-codex", 400_000, 128_000, _O),
    _model("gpt-5-mini", 400_000, 128_000, _GPT_5),
    _model("gpt-5-nano", 400_000, 128_000, _GPT_5),
    _model("gpt-5-pro", 400_000, 272_000, ("high",)),
    _model("gpt-4.1", 1_047_576, 32_768),
    _model("gpt-4.1-mini", 1_047_576, 32_768),
    _model("gpt-4.1-nano", 1_047_576, 32_768),
    _model("gpt-4o", 128_000, 16_384),
    _model("gpt-4o-mini", 128_000, 16_384),
    _model("o4-mini", 200_000, 100_000, _O),
    _model("o3", 200_000, 100_000, _O),
    _model("o3-pro", 200_000, 100_000, _O),
    _model("o3-mini", 200_000, 100_000, _O, images=False),
    _model("o1", 200_000, 100_000, _O),
    _model("o1-pro", 200_000, 100_000, _O),
    _model("codex-mini-latest", 200_000, 100_000, _O),
    _model("gpt-oss-120b", 131_072, 131_072, _O, images=False),
    _model("gpt-oss-20b", 131_072, 131_072, _O, images=False),
)
"""Newest first."""

_BY_NAME = {one.id: one for one in KNOWN}

_SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}\Z")
"""The date at the end of the name of a model that stays as it is: gpt-5-2025-08-07."""

WORDS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
"""The service's words for effort, weakest first."""


@dataclass(frozen=True, slots=True)
class EffortWord:
    """What to send for an effort: `word` empty is nothing. `why` says why it is not what was asked for, or is empty."""

    word: str
    why: str = ""


def info(model: str, window: int | None = None) -> ModelInfo:
    """What is known of a model, or of the model that this is a snapshot of. `window`, if given, goes before that."""
    found = _found(model) or ModelInfo(model)
    return replace(found, id=model, window=window or found.window)


def known(model: str) -> bool:
    """Whether it is in this catalogue, or a snapshot of one that is."""
    return _found(model) is not None


def effort_word(model: ModelInfo, effort: Effort) -> EffortWord:
    """The word of this model for an effort: the same, else the strongest below it, else its weakest.

    For `max` that is the strongest that there is, and less than was asked for where it is below `xhigh`. A model that
    nothing is known of gets the word that every reasoning server has, and may refuse it.
    """
    if not model.efforts:
        if known(model.id):
            return EffortWord("", f"{model.id} has no levels of effort")
        if effort == "max":
            return EffortWord("high", f"it is not known whether {model.id} has max: effort high is used")
        return EffortWord(effort)
    words = sorted(set(model.efforts) - {"none"}, key=WORDS.index)
    word = next((word for word in reversed(words) if WORDS.index(word) <= WORDS.index(effort)), words[0])
    if word == effort or (effort == "max" and word == "xhigh"):
        return EffortWord(word)
    return EffortWord(word, f"{model.id} has no {effort}: effort {word} is used")


def _found(model: str) -> ModelInfo | None:
    return _BY_NAME.get(model) or _BY_NAME.get(_SNAPSHOT.sub("", model))
