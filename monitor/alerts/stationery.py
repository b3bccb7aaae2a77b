"""The templates: Jinja2 in a sandbox, where everything printed is escaped for the service unless a filter made it.

A template is looked for under ``<kind>.<markup>.j2``, then ``<kind>.j2``; the user's own before the bundled one. Should
the user's own fail, the bundled one is used: an alert is never lost to a typing error in a template.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import BaseLoader, DictLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from monitor.alerts.content import Marked
from monitor.alerts.links import safe_link
from monitor.alerts.markup import MARKUPS, Markup, Safe

_TRIED_IN_ORDER = ("own", "bundled")


@dataclass(frozen=True, slots=True)
class TemplateFault:
    """A template that cannot be used: its name, the line (1 when unknown) and what is wrong."""

    name: str
    line: int
    sentence: str


class Templates:
    """All templates by file name, compiled when first used."""

    def __init__(self, bundled: Mapping[str, str], own: Mapping[str, str] | None = None) -> None:
        self._sources = {"own": dict(own or {}), "bundled": dict(bundled)}
        self._environments: dict[tuple[str, str], ImmutableSandboxedEnvironment] = {}

    def write(self, kind: str, markup: str, values: Mapping[str, object]) -> str:
        """The text that the template for this kind of message gives in this markup.

        Raises ``KeyError`` when there is no such template, which for a bundled kind is a bug.
        """
        for whose in _TRIED_IN_ORDER:
            try:
                return self._write(whose, kind, markup, values)
            except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RuntimeError):
                if whose == _TRIED_IN_ORDER[-1]:
                    raise
        raise AssertionError("unreachable")

    def faults(self) -> tuple[TemplateFault, ...]:
        """What is wrong with the user's own templates, as far as can be seen without a message."""
        faults = []
        for name, source in sorted(self._sources["own"].items()):
            kind, _, rest = name.partition(".")
            if f"{kind}.j2" not in self._sources["bundled"] and name not in self._sources["bundled"]:
                known = ", ".join(sorted(self._sources["bundled"]))
                faults.append(TemplateFault(name, 1, f"no message uses a template of this name; there are {known}"))
                continue
            markup = rest.removesuffix("j2").strip(".").replace("title", "").strip(".")
            try:
                self._environment("own", markup if markup in MARKUPS else "plain").parse(source)
            except TemplateSyntaxError as error:
                faults.append(TemplateFault(name, error.lineno, error.message or "it is not a template"))
        return tuple(faults)

    def _write(self, whose: str, kind: str, markup: str, values: Mapping[str, object]) -> str:
        names = [name for name in (f"{kind}.{markup}.j2", f"{kind}.j2") if name in self._sources[whose]]
        if not names:
            raise KeyError(kind)
        return self._environment(whose, markup).get_template(names[0]).render(values)

    def _environment(self, whose: str, markup: str) -> ImmutableSandboxedEnvironment:
        known = self._environments.get((whose, markup))
        if known is None:
            known = self._environments[whose, markup] = _environment(self._loader(whose), MARKUPS[markup])
        return known

    def _loader(self, whose: str) -> BaseLoader:
        """The user's templates may include bundled ones; never a file."""
        return DictLoader({**self._sources["bundled"], **self._sources[whose]})


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2's sandbox, without the two operators that make gigabytes of one line."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401 - Jinja2's own
        """Multiply numbers; nothing else."""
        if operator == "**" or not (isinstance(left, int | float) and isinstance(right, int | float)):
            raise SecurityError(f"{operator} is for numbers only here")
        return super().call_binop(context, operator, left, right)


def _environment(loader: BaseLoader, markup: Markup) -> ImmutableSandboxedEnvironment:
    environment = _Sandbox(
        loader=loader,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: _printed(markup, value),
        autoescape=False,  # finalize escapes every value, for each markup and not only for HTML
    )
    environment.filters.update(
        bold=lambda value: markup.wrapped(_printed(markup, value), markup.bold),
        dim=lambda value: markup.wrapped(_printed(markup, value), markup.dim),
        link=lambda value, url: markup.linked(_printed(markup, value), safe_link(str(url))),
        address=lambda url: Safe(safe_link(str(url)).replace("&", "&amp;" if ord("&") in markup.escapes else "&")),
    )
    return environment


def _printed(markup: Markup, value: Any) -> Safe:  # noqa: ANN401 - whatever a template prints
    if isinstance(value, Safe):
        return value
    if isinstance(value, Sequence) and value and all(isinstance(piece, Marked) for piece in value):
        return markup.pieces(value)
    return markup.text("" if value is None or value == () else str(value))
