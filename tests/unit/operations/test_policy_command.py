"""What ``lockgate policy`` prints."""

from __future__ import annotations

import json

from click.testing import CliRunner

from operations.cli import cli
from policy import RULES


def test_the_command_lists_every_rule_with_its_reason() -> None:
    shown = CliRunner().invoke(cli, ["policy"])
    assert shown.exit_code == 0
    assert all(rule.name in shown.output for rule in RULES)
    said = json.loads(CliRunner().invoke(cli, ["policy", "--json"]).output)
    assert [rule["name"] for rule in said] == [rule.name for rule in RULES]
