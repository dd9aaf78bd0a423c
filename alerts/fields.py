"""Owns the constrained fields that rules are written with: words, durations, bounds."""

import re
from typing import Annotated, Any, Final, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    model_validator,
)
from pydantic_core import PydanticCustomError

from sensors.city.mistake import Finding

DURATION_PATTERN: Final = r"^(\d{1,3}d)?(\d{1,3}h)?(\d{1,4}m)?(\d{1,5}s)?$"
_UNIT_S: Final = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
LONGEST_S: Final = 7 * 86_400


class RuleModel(BaseModel):
    """A part of a rule file: frozen, and every key that it does not know is wrong."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        str_strip_whitespace=True,
        populate_by_name=True,
    )


def mistake(finding: Finding) -> PydanticCustomError:
    """Wrap a finding so that it passes through pydantic with its place."""
    text = "; ".join(part for part in (finding.what, finding.way_out) if part)
    return PydanticCustomError("rule", "{text}", {"text": text, "finding": finding})


def seconds(text: str) -> int:
    """Return a duration such as ``10m`` or ``1h30m`` [s].

    Raises
    ------
    ValueError
        When it is not written so, or longer than seven days.

    Examples
    --------
    >>> seconds("1h30m")
    5400
    """
    if not text or not re.fullmatch(DURATION_PATTERN, text):
        message = f"{text!r} is no duration; write 90s, 10m, 1h30m or 2d"
        raise ValueError(message)
    total = sum(
        int(number) * _UNIT_S[unit] for number, unit in re.findall(r"(\d+)(\w)", text)
    )
    if total > LONGEST_S:
        message = f"{text!r} is longer than the longest duration, 7d"
        raise ValueError(message)
    return total


def written(duration: int) -> str:
    """Write a duration [s] as `seconds` reads it.

    Examples
    --------
    >>> written(5400), written(0)
    ('1h30m', '0s')
    """
    parts, rest = [], duration
    for unit, size in _UNIT_S.items():
        count, rest = divmod(rest, size)
        parts += [f"{count}{unit}"] if count else []
    return "".join(parts) or "0s"


def _duration(value: object) -> object:
    kind, text = "duration", "a duration is a text such as 10m or 1h30m, at most 7d"
    if not isinstance(value, str):
        raise PydanticCustomError(kind, text)
    try:
        return seconds(value)
    except ValueError as error:
        raise PydanticCustomError(kind, text) from error


# A duration: written "10m", held as whole seconds.
Duration = Annotated[
    int,
    BeforeValidator(_duration, json_schema_input_type=str),
    PlainSerializer(written, return_type=str, when_used="json"),
    Field(json_schema_extra={"examples": ["10m", "1h30m"]}),
]

# Codes that other files know: rule ids, catalogue text ids, channels.
Code = Annotated[
    str, Field(strict=True, pattern=r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*$", max_length=64)
]

# Words for the people who look after a rule.
Prose = Annotated[str, Field(strict=True, min_length=1, max_length=2_000)]

Count = Annotated[int, Field(strict=True, ge=1, le=10_000)]

# A number, a level word, or a duration: which one is the condition's to say.
Scalar = (
    Annotated[float, Field(strict=True)]
    | Annotated[str, Field(strict=True, min_length=1, max_length=20)]
)


class Bound(RuleModel):
    """One edge of a state; exactly one of the four.

    Parameters
    ----------
    above, below
        Strictly over or under the value.
    at_least, at_most
        The value itself included.
    """

    above: Scalar | None = None
    at_least: Scalar | None = None
    below: Scalar | None = None
    at_most: Scalar | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len(self.model_dump(exclude_none=True)) != 1:
            raise mistake(
                Finding(
                    (),
                    "must say one thing",
                    wanted="one of above, at_least, below, at_most",
                    way_out="Write, for example, above: 50.",
                )
            )
        return self

    def __str__(self) -> str:
        """Write it as the file does, such as ``above 50``."""
        value = self.value
        shown = value if isinstance(value, str) else f"{value:g}"
        return f"{self.operator} {shown}"

    @property
    def operator(self) -> str:
        """Which of the four it is."""
        return next(iter(self.model_dump(exclude_none=True)))

    @property
    def value(self) -> Any:  # noqa: ANN401  # number, level or duration by the condition
        """What it compares with."""
        return next(iter(self.model_dump(exclude_none=True).values()))

    @property
    def rising(self) -> bool:
        """Whether it looks upwards."""
        return self.operator in {"above", "at_least"}
