"""Puts in what config.yaml only points at: ``${VARIABLE}``, ``*_file: path`` and ``credential:NAME``.

What is put in never becomes part of the located tree, so no problem can quote it.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from monitor.rules.languages import did_you_mean
from monitor.rules.problems import Gravity, Place, Problem
from monitor.rules.tree import ListNode, MapNode, Node, Plain, Scalar
from monitor.secret import HIDDEN

CREDENTIALS = "CREDENTIALS_DIRECTORY"  # systemd.exec(5), LoadCredential=
_VARIABLE = re.compile(r"\$(\$)?\{([^}]*)\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PREFIX = "credential:"
_SHORTEST = 4  # what is shorter is no secret, and would be found in every sentence
_LARGEST = 64 * 1024
UNKNOWN = "https://unset.invalid/"  # stands in for what could not be read, so that it is reported once


@dataclass(slots=True)
class SecretReader:
    """Turns a located tree into plain data with every reference filled in."""

    environment: Mapping[str, str]
    directory: Path
    wanted: bool = True  # else something stands in for every secret, and none is missed
    problems: list[Problem] = field(default_factory=list)
    inserted: set[str] = field(default_factory=set)

    def scrub(self, problem: Problem) -> Problem:
        """The problem without anything that was put in: a token may stand where a rate should."""
        sentence, fix = problem.sentence, problem.fix
        for value in sorted(self.inserted, key=len, reverse=True):
            sentence, fix = sentence.replace(value, HIDDEN), fix.replace(value, HIDDEN)
        return replace(problem, sentence=sentence, fix=fix)

    def fill(self, node: Node) -> Plain:
        """The plain data of a tree."""
        match node:
            case Scalar():
                return self._scalar(node)
            case ListNode():
                return [self.fill(item) for item in node.items]
            case MapNode():
                return self._mapping(node)

    def _mapping(self, node: MapNode) -> Plain:
        filled: dict[str, Plain] = {}
        for key, value in node:
            twin = key.text.removesuffix("_file")
            if twin == key.text or not isinstance(value, Scalar):
                filled[key.text] = self.fill(value)
                continue
            if twin in node.entries:
                sentence = f"“{twin}” and “{key.text}” are both given"
                self._report(key.place, "two-values", sentence, "keep one of them")
                continue
            path = self._scalar(value)
            filled[twin] = self._read(self.directory / str(path), value.place) if path is not None else None
        return filled

    def _scalar(self, node: Scalar) -> Plain:
        value = node.value
        if not isinstance(value, str):
            return value
        if value.startswith(_PREFIX):
            return self._credential(value.removeprefix(_PREFIX).strip(), node.place)
        return _VARIABLE.sub(lambda found: self._variable(found, node.place), value)

    def _variable(self, found: re.Match[str], place: Place) -> str:
        name = found[2]
        if found[1]:  # $${…} is a literal ${…}
            return f"${{{name}}}"
        if not self.wanted:
            return self.environment.get(name) or UNKNOWN
        if not _NAME.fullmatch(name):
            self._report(place, "bad-variable", "between ${ and } stands no variable name", "write ${NAME}")
            return UNKNOWN
        if name not in self.environment:
            fix = did_you_mean(name, [other for other in self.environment if other.isupper()])
            hint = fix if fix.startswith("did") else f"export {name}, or use a `_file` key"
            self._report(place, "unset-variable", f"the environment variable {name} is not set", hint)
            return UNKNOWN
        if not self.environment[name]:
            self._report(place, "empty-secret", f"the environment variable {name} is empty", "give it a value")
            return UNKNOWN
        return self._inserted(self.environment[name])

    def _credential(self, name: str, place: Place) -> str:
        if not self.wanted:
            return UNKNOWN
        directory = self.environment.get(CREDENTIALS)
        if not directory:
            sentence = f"systemd passes no credentials ({CREDENTIALS} is not set)"
            self._report(place, "unset-variable", sentence, f"add LoadCredential={name}:/path to the unit")
            return UNKNOWN
        if not name or Path(name).name != name or name in {".", ".."}:
            self._report(place, "bad-variable", "a credential is named without a path", "write credential:NAME")
            return UNKNOWN
        return self._read(Path(directory) / name, place, private=True)

    def _read(self, path: Path, place: Place, *, private: bool = False) -> str:
        if not self.wanted:
            return UNKNOWN
        try:
            mode = path.stat().st_mode
            if not stat.S_ISREG(mode):
                self._report(place, "unreadable-secret", f"{path} is not a file", "write the path of a file")
                return UNKNOWN
            with path.open("rb") as handle:
                text = handle.read(_LARGEST).decode("utf-8").strip()
        except OSError as error:
            self._report(place, "unreadable-secret", f"cannot read {path}: {error.strerror}", "check path and owner")
            return UNKNOWN
        except UnicodeDecodeError:
            self._report(place, "unreadable-secret", f"{path} is not a text file", "save it as UTF-8")
            return UNKNOWN
        if not text:
            self._report(place, "empty-secret", f"{path} is empty", "write the secret into it")
            return UNKNOWN
        if mode & stat.S_IROTH and not private:
            sentence = f"everybody on this machine can read {path}"
            self._report(place, "world-readable", sentence, f"chmod 600 {path}", Gravity.WARNING)
        return self._inserted(text)

    def _inserted(self, value: str) -> str:
        if len(value) >= _SHORTEST:
            self.inserted |= {value, value.lower()}
        return value

    def _report(self, place: Place, kind: str, sentence: str, fix: str, gravity: Gravity = Gravity.ERROR) -> None:
        self.problems.append(Problem(place, kind, sentence, fix, gravity))
