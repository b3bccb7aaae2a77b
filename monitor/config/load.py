"""Reads config.yaml, fills in its secrets, checks it as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from monitor.config.cross_check import cross_check
from monitor.config.secrets import SecretReader
from monitor.config.settings import Config
from monitor.rules.lint import Known
from monitor.rules.problems import Gravity, Place, Problem, ProblemsError
from monitor.rules.shape_check import check_shape
from monitor.rules.tree import MapNode, describe
from monitor.rules.yaml import CONFIG_LIMITS, read_yaml

SECRET_KEYS = frozenset({"url", "secret", "auth", "headers"})


def load_config(path: Path, environment: Mapping[str, str], *, secrets: bool = True) -> Config:
    """The settings of a file; paths in it are relative to its directory.

    Without ``secrets`` something stands in for every secret: who only asks the archive, perhaps as another user than
    the service's, may not be able to read them, and does not need them.

    Raises :class:`ProblemsError` with every fault. What is only worth a warning is in ``Config.warnings``.
    """
    if not path.exists():
        problem = Problem(Place(str(path)), "unreadable", "there is no such file", "make one with `newsmonitor init`")
        raise ProblemsError([problem])
    tree = read_yaml(path, CONFIG_LIMITS)
    if not isinstance(tree, MapNode):
        sentence = f"a config is a mapping of settings, and this is {describe(tree)}"
        raise ProblemsError([Problem(tree.place, "wrong-type", sentence, "see docs/configuration.md")])
    reader = SecretReader(environment, path.parent, wanted=secrets)
    plain = reader.fill(tree)
    config, problems = check_shape(tree, Config, plain=plain, secret_keys=SECRET_KEYS)
    if reader.problems:  # what a value is for cannot be judged while it is missing
        problems = [problem for problem in problems if problem.kind not in {"no-effect", "bad-url"}]
    problems.extend(reader.problems)
    if config is not None:
        problems.extend(cross_check(config, tree, path))
    problems = sorted({reader.scrub(problem) for problem in problems})
    if config is None or any(problem.gravity is Gravity.ERROR for problem in problems):
        raise ProblemsError(problems)
    return _at_home(config, path.parent, tuple(problems))


def known_names(config: Config) -> Known:
    """The names that rules may use."""
    return Known(
        channels=frozenset(config.channels),
        feed_tags=frozenset(tag for feed in config.feeds for tag in feed.tags),
        feed_ids=frozenset(feed.id for feed in config.feeds),
        quiet_hours=frozenset(config.quiet_hours),
        digests=frozenset(config.digests),
    )


def _at_home(config: Config, directory: Path, warnings: tuple[Problem, ...]) -> Config:
    """The same with absolute paths, and with its warnings."""
    home = directory.absolute()
    channels = {
        name: channel.model_copy(update={"templates": home / channel.templates}) if channel.templates else channel
        for name, channel in config.channels.items()
    }
    update = {"data": home / config.data, "rules": home / config.rules, "channels": channels}
    if config.backup.directory is not None:
        update["backup"] = config.backup.model_copy(update={"directory": home / config.backup.directory})
    found = config.model_copy(update=update)
    found._warnings = warnings  # noqa: SLF001  (its own module; pydantic has no other way to a private attribute)
    return found
