"""The user's own templates: they win, cannot reach anything, and never lose an alert."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.alerts import style as styles
from monitor.alerts.render import render
from monitor.alerts.stationery import Templates
from monitor.channels.templates import load_templates
from tests.alerts.samples import BERLIN, CONTENT, NOTICE


def own(directory: Path, **files: str) -> Templates:
    for name, text in files.items():
        (directory / f"{name.replace('_', '.')}.j2").write_text(text, "utf-8")
    return load_templates(directory)


def test_a_template_of_ones_own_replaces_the_bundled_one(tmp_path: Path) -> None:
    templates = own(tmp_path, alert="{{ rule }} says {{ title | link(url) }}")
    body = render(CONTENT, styles.MATTERMOST, BERLIN, templates).body
    assert body == (
        "Arms DPRK–Russia says [Nordkorea liefert Raketen an Russland]"
        "(https://zeitung.example/welt/frachter?id=7&utm=x)"
    )


def test_one_for_a_single_service_leaves_the_others_alone(tmp_path: Path) -> None:
    templates = own(tmp_path, alert_slack="only {{ title }}")
    assert render(CONTENT, styles.SLACK, BERLIN, templates).body == "only Nordkorea liefert Raketen an Russland"
    assert render(CONTENT, styles.TELEGRAM, BERLIN, templates) == render(
        CONTENT, styles.TELEGRAM, BERLIN, load_templates()
    )


def test_a_title_can_be_reworded(tmp_path: Path) -> None:
    templates = own(tmp_path, alert_title="[{{ severity }}] {{ title }}\n\n")
    assert render(CONTENT, styles.EMAIL, BERLIN, templates).title == "[HIGH] Nordkorea liefert Raketen an Russland"


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("{{ no_such_fact }}", id="undefined"),
        pytest.param("{% if %}", id="syntax"),
        pytest.param("{{ title.__class__.__mro__ }}", id="sandbox"),
        pytest.param("{{ (1).__class__.__base__.__subclasses__() }}", id="subclasses"),
        pytest.param("{% include '/etc/passwd' %}", id="file"),
        pytest.param("{{ 1 / 0 }}", id="arithmetic"),
        pytest.param("{{ title | no_such_filter }}", id="filter"),
        pytest.param("{% include 'alert.j2' %}", id="recursion"),
        pytest.param("{{ 'x' * 10000000000 }}", id="gigabytes"),
        pytest.param("{{ 9 ** 9999999 }}", id="power"),
        pytest.param("{{ range(1000000000) | list }}", id="range"),
    ],
)
def test_a_template_that_fails_gives_way_to_the_bundled_one(tmp_path: Path, source: str) -> None:
    message = render(CONTENT, styles.TELEGRAM, BERLIN, own(tmp_path, alert=source))
    assert message == render(CONTENT, styles.TELEGRAM, BERLIN, load_templates())


def test_everything_a_template_prints_is_escaped_unless_a_filter_made_it(tmp_path: Path) -> None:
    templates = own(tmp_path, notice="{{ '<b>' }}{{ '<i>' ~ title }}<u>{{ lines[0] | bold }}")
    body = render(NOTICE, styles.TELEGRAM, BERLIN, templates).body
    assert body == "&lt;b&gt;&lt;i&gt;feed zeitung is broken<u><b>its host name does not resolve</b>"


@pytest.mark.parametrize("filter_name", ["safe", "escape", "e", "forceescape", "urlize", "tojson", "xmlattr"])
def test_no_filter_of_jinjas_own_gets_around_escaping(tmp_path: Path, filter_name: str) -> None:
    templates = own(tmp_path, notice="{{ '@everyone <b>' | " + filter_name + " }}")
    body = render(NOTICE, styles.TELEGRAM, BERLIN, templates).body
    assert "<b>" not in body.replace("<b>feed zeitung is broken</b>", "")
    assert "@everyone" not in body


@pytest.mark.parametrize(
    ("name", "source", "words"),
    [
        pytest.param("alert", "\n\n{% if %}", "alert.j2:3", id="syntax"),
        pytest.param("alart", "x", "no message uses a template of this name", id="name"),
    ],
)
def test_faults_are_told_with_their_line(tmp_path: Path, name: str, source: str, words: str) -> None:
    (fault,) = own(tmp_path, **{name: source}).faults()
    assert words in f"{fault.name}:{fault.line}: {fault.sentence}"


def test_good_templates_have_no_faults(tmp_path: Path) -> None:
    good = own(tmp_path, alert="{{ title }}", alert_slack="{{ title }}", alert_title="x", digest="{{ name | bold }}")
    assert good.faults() == ()
    assert load_templates().faults() == ()


def test_a_directory_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_templates(tmp_path / "none")
