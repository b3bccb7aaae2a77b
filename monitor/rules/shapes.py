"""The shapes of rule and concept files: what is checked at load and what the JSON Schemas are made from.

Terms and conditions are read by ``conditions.py`` and ``concepts.py``, which know more than a schema can say; here
they only have a schema for the editor.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, RootModel, WithJsonSchema, model_validator

from monitor.rules.fields import Duration, Rate, Shape, Words, refuse
from monitor.rules.languages import LANGUAGES

SeverityWord = Literal["info", "low", "medium", "high", "critical"]
StatusWord = Literal["draft", "shadow", "live", "retired"]

Condition = Annotated[Any, WithJsonSchema({"x-ref": "#/$defs/condition"})]
ConceptBody = Annotated[Any, WithJsonSchema({"x-ref": "#/$defs/concept"})]

NAME = r"^[a-z0-9][a-z0-9_-]*$"
NAME_PATTERN = re.compile(NAME)


class ScopeShape(Shape):
    """Which articles the rule looks at; everything is optional."""

    class FeedsShape(Shape):
        """Which feeds: by id, by tag, without tag."""

        ids: Words = Field(default=(), description="Feed ids from config.yaml.")
        tags: Words = Field(default=(), description="Feeds that carry any of these tags.")
        not_tags: Words = Field(default=(), description="Feeds that carry none of these tags.")

    languages: Words = Field(default=(), description="ISO 639-1 codes; articles in other languages are not tried.")
    feeds: FeedsShape = Field(default=FeedsShape(), description="Only articles of these feeds.")
    max_age: Duration | None = Field(default=None, description="Older articles are stored, never alerted: `3d`.")


class EscalateShape(Shape):
    """Changes the severity when a further condition holds."""

    to: SeverityWord = Field(description="The severity it gets.")
    when: Condition = Field(description="The condition.")


class TellAgainShape(Shape):
    """What is worth a second message about the same story."""

    origins: tuple[int, ...] = Field(default=(), description="Numbers of independent origins: `[3, 10]`.")
    new_language: bool = Field(default=False, description="The story is first reported in another language.")
    corrected: bool = Field(default=False, description="An article that was alerted on is corrected or retracted.")
    higher_severity: bool = Field(default=True, description="A later article escalates.")
    removed: bool = Field(default=False, description="The page of an alerted article disappears.")


class CorroborateShape(Shape):
    """Hold the alert until enough independent origins report it."""

    origins: int = Field(ge=2, description="How many independent origins confirm it.")
    within: Duration = Field(description="Tell anyway after this time, and say so.")


class DigestShape(Shape):
    """Send together, on a schedule of config.yaml."""

    below: SeverityWord | None = Field(default=None, description="Only alerts below this severity; all if left out.")
    name: str = Field(alias="as", description="A digest named in config.yaml.")


def _digest(value: Any) -> Any:  # noqa: ANN401
    return {"as": value} if isinstance(value, str) else value


class AlertShape(Shape):
    """Whom to tell, and when."""

    to: Words = Field(default=(), description="Channel names from config.yaml; the routes decide if left out.")
    tell_again: TellAgainShape = Field(default=TellAgainShape(), description="When to speak again about a story.")
    corroborate: CorroborateShape | None = Field(default=None, description="Hold until confirmed.")
    quiet: str = Field(default="", description="Quiet hours named in config.yaml: held, not dropped.")
    digest: Annotated[DigestShape | None, BeforeValidator(_digest, json_schema_input_type=str | DigestShape)] = Field(
        default=None, description="Send together with others."
    )
    budget: Rate | None = Field(default=None, description="At most so many messages, then one “and N more”: `10/h`.")
    mutes: Words = Field(default=(), description="Rules that keep quiet about a story this rule has told.")


class TestShape(Shape):
    """One test article: `- de: text`, or its parts by name."""

    title: str = Field(default="", description="The headline.")
    summary: str = Field(default="", description="The teaser.")
    body: str = Field(default="", description="The text.")
    lang: str = Field(default="", description="Its language, an ISO 639-1 code.")
    hits: Words = Field(default=(), description="Texts that must be among the highlighted words.")

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:  # noqa: ANN401
        """Turn ``{de: text}`` and a bare text into ``{title, lang}``."""
        if isinstance(value, str):
            return {"title": value}
        if not isinstance(value, dict):
            return value
        codes = [key for key in value if key in LANGUAGES]
        if not codes:
            return value
        if len(codes) > 1 or "lang" in value or "title" in value:
            raise refuse("mixed-test", "a test has one language and one title", "write `- de: text`, or title and lang")
        rest = {key: item for key, item in value.items() if key != codes[0]}
        return {**rest, "title": value[codes[0]], "lang": codes[0]}

    @model_validator(mode="after")
    def _has_text(self) -> TestShape:
        if not (self.title or self.summary or self.body):
            raise refuse("empty-test", "the test has no text", "write `- en: a headline`")
        return self


class TestsShape(Shape):
    """Proof that the rule works: run at every load, and they gate it."""

    match: tuple[TestShape, ...] = Field(default=(), description="Articles that must match.")
    no_match: tuple[TestShape, ...] = Field(default=(), description="Articles that must not.")
    known_miss: tuple[TestShape, ...] = Field(default=(), description="Known gaps; reported once one matches.")


class RuleShape(Shape):
    """A rule: what to look for, whom to tell, and proof that it works."""

    id: str = Field(pattern=NAME, max_length=80, description="Stable: alerts, silences and links refer to it.")
    title: str = Field(min_length=1, max_length=200, description="What people see in a message.")
    severity: SeverityWord = Field(default="medium", description="How much a match matters.")
    status: StatusWord = Field(default="live", description="`shadow` is evaluated and never sent.")
    owner: str = Field(default="", description="Who looks after it.")
    tags: Words = Field(default=(), description="For routes and lists.")
    scope: ScopeShape = Field(default=ScopeShape(), description="Which articles it looks at.")
    concepts: dict[str, ConceptBody] = Field(default={}, description="Word lists of this rule alone.")
    match: Condition = Field(description="What an article must say.")
    escalate: tuple[EscalateShape, ...] = Field(default=(), description="The last that holds sets the severity.")
    alert: AlertShape = Field(default=AlertShape(), description="Whom to tell, and when.")
    tests: TestsShape = Field(default=TestsShape(), description="Articles that must and must not match.")


class ConceptsShape(RootModel[dict[str, ConceptBody]]):
    """Shared word lists: one idea in every language you read. Rules refer to them as `$name`."""
