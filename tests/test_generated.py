"""What is made from other files is as those files are now."""

from __future__ import annotations

import subprocess
import sys


def test_the_word_forms_that_come_with_the_program_are_those_of_the_rule_pack() -> None:
    checked = subprocess.run([sys.executable, "-m", "monitor.wordforms", "--check"], check=False)
    assert checked.returncode == 0, "run `make generated`"
