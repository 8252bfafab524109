"""A real language model, and a very small one: an interpolated word n-gram model, trained on the prompt it is given, that samples
its answer word by word under the grammar of the JSON schema asked for.

Its answers are bad in the worst way there is: fluent, of the right shape, and made of words that do stand in the document. It
serves to show that nothing of that gets through; how well a model of use would do is another question.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

_ORDER = 3
_END = "\n"


class TinyModel:
    """Word trigrams backed off to bigrams and single words; `temperature` 0 takes the likeliest, above it samples."""

    def __init__(self, text: str, *, temperature: float, seed: int) -> None:
        self._random = random.Random(seed)
        self._temperature = temperature
        self._counts: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
        for row in text.splitlines():
            for cell in re.split(r"\s\|\s|^\d+\|", row):
                words = [*cell.split(), _END]
                for at, word in enumerate(words):
                    for size in range(_ORDER):
                        if at >= size:
                            self._counts[tuple(words[at - size : at])][word] += 1

    def text(self, most: int) -> str:
        """A value: words until the model ends it."""
        words: list[str] = []
        while len(words) < most and (word := self._next(words)) != _END:
            words.append(word)
        return " ".join(words)

    def number(self, most: int) -> int:
        """A whole number from 1."""
        return self._random.randint(1, max(1, most))

    def _next(self, words: Sequence[str]) -> str:
        for size in range(min(_ORDER - 1, len(words)), -1, -1):
            seen = self._counts.get(tuple(words[len(words) - size :]))
            if seen:
                if self._temperature == 0:
                    return seen.most_common(1)[0][0]
                return self._random.choices(list(seen), [n ** (1 / self._temperature) for n in seen.values()])[0]
        return _END


def answer(body: dict[str, Any], *, temperature: float = 1.0, seed: int = 1) -> str:
    """The model's reply to a chat completion request with a JSON schema."""
    prompt = body["messages"][-1]["content"]
    shown = re.search(r"<<<(\w+)\n(.*)\n\1>>>", prompt, re.DOTALL)
    model = TinyModel(shown[2] if shown else prompt, temperature=temperature, seed=seed)
    schema = body.get("response_format", {}).get("json_schema", {}).get("schema", {"type": "string"})
    return "".join(_sampled(schema, model, shown[2].count("\n") if shown else 1))


def _sampled(schema: dict[str, Any], model: TinyModel, rows: int) -> Iterator[str]:
    """Text the schema allows, each open choice made by the model."""
    if "properties" in schema:
        yield "{"
        for n, (name, part) in enumerate(schema["properties"].items()):
            yield (", " if n else "") + json.dumps(name) + ": "
            yield from _sampled(part, model, rows)
        yield "}"
    elif schema["type"] == "array":
        yield "["
        for n in range(model.number(min(6, schema.get("maxItems", 6)))):
            yield ", " if n else ""
            yield from _sampled(schema["items"], model, rows)
        yield "]"
    elif schema["type"] == "integer":
        yield str(model.number(rows))
    else:
        yield json.dumps(model.text(8) or None)
