"""Pydantic building blocks shared by rule and config files: durations, sizes, lists that may be one word.

A faulty value raises ``PydanticCustomError`` whose type is the problem's slug and whose context may hold a ``fix``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer
from pydantic_core import PydanticCustomError

from monitor.rules.model import Budget
from monitor.rules.quantities import format_duration, format_rate, parse_duration, parse_rate, parse_size

T = TypeVar("T")


class Shape(BaseModel):
    """A mapping in a file: its keys are known, anything else is a problem."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def refuse(kind: str, sentence: str, fix: str = "") -> PydanticCustomError:
    """The error a validator raises: a stable slug, a sentence, a fix."""
    return PydanticCustomError(kind, "{sentence}", {"sentence": sentence, "fix": fix})  # type: ignore[arg-type,unused-ignore]


def _parsed(parse: Callable[[str], T], kind: str, example: str) -> Callable[[Any], Any]:
    def before(value: Any) -> Any:  # noqa: ANN401  (anything may stand in a file)
        if isinstance(value, bool) or value is None or not isinstance(value, str | int | float):
            return value
        if isinstance(value, int | float):
            raise refuse(kind, f"the number {value} has no unit", f"write the unit, such as {example}")
        try:
            return parse(value)
        except ValueError as error:
            raise refuse(kind, str(error)) from None

    return before


def _listed(value: Any) -> Any:  # noqa: ANN401
    return [value] if isinstance(value, str) else value


Duration = Annotated[
    timedelta,
    BeforeValidator(_parsed(parse_duration, "bad-duration", "30s or 3d"), json_schema_input_type=str),
    PlainSerializer(format_duration, return_type=str),
]
Size = Annotated[int, BeforeValidator(_parsed(parse_size, "bad-size", "10MiB"), json_schema_input_type=str)]
Rate = Annotated[
    Budget,
    BeforeValidator(_parsed(parse_rate, "bad-rate", "10/h"), json_schema_input_type=str),
    PlainSerializer(format_rate, return_type=str),
]
Words = Annotated[tuple[str, ...], BeforeValidator(_listed, json_schema_input_type=str | list[str])]
"""One word or a list of them."""
