"""Owns what every answer of the API is made of: codes, values, problems."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Origin = Literal["live", "simulated", "replay"]
Category = Literal["good", "moderate", "poor", "bad", "very_bad", "hazardous"]
Level = Literal["free", "busy", "slow", "queue", "jam", "no_data", "closed"]
Freshness = Literal["current", "old", "gone", "never"]

TIME = "RFC 3339, UTC"


class Answer(BaseModel):
    """A part of an answer. Within v1 there are only additions."""

    model_config = ConfigDict(frozen=True)


class Value(Answer):
    """A number with its unit."""

    value: float
    unit: str


class Problem(Answer):
    """An error, RFC 9457."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    instance: str
