"""A promise is not skipped because a server is missing: the test fails and says what to install."""

from __future__ import annotations

import pytest

from tests.channels.ends.programs import program


def test_a_missing_server_fails_the_test_and_says_what_to_install() -> None:
    with pytest.raises(pytest.fail.Exception, match="apt-get install some-package"):
        program("no-such-server-anywhere", "some-package")


def test_a_server_is_found_even_where_the_path_has_no_sbin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/bin")
    assert program("postfix", "postfix").endswith("/postfix")
