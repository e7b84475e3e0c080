"""What a quality gate needs to be told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pulumi

KEY = re.compile(r"[A-Za-z0-9_.:-]*[A-Za-z_.:-][A-Za-z0-9_.:-]*")
BUILT_IN = "Sonar way"
PULL_REQUESTS = "-pull-requests"
STORY = {
    "bugs": ("GT", "0"),
    "vulnerabilities": ("GT", "0"),
    "code_smells": ("GT", "5"),
    "coverage": ("LT", "80"),
    "duplicated_lines_density": ("GT", "3"),
}
GROUPS = {
    "sonar-administrators": ("admin", "scan"),
    "sonar-users": ("codeviewer", "issueadmin", "securityhotspotadmin", "user"),
}
"""What SonarQube gives in a project of its own, and ``scan`` to those whose tokens analyse."""


@dataclass(frozen=True, kw_only=True)
class QualityGateArgs:
    """The project ``project`` (its key on SonarQube), and the ``gate`` that judges it, of both of which this is the only source.

    ``conditions`` map SonarQube's metric keys to an operator and a limit: ``("GT", "0")`` fails above 0, ``("LT", "80")`` below
    80. They are on all of the code, not only on what is new: a first analysis is judged too. ``groups`` and ``users`` map names
    to permissions; nobody else has any, and in a public project what everybody may do there is left out. ``repository`` is one on
    GitHub, its name without the owner, that gets the token as secret SONAR_TOKEN, ``url`` as variable SONAR_QUBE_URL, and the key
    as SONAR_PROJECT_KEY; "" for none. ``token_days`` is how long a token lives, ``renew_days`` how long before its end an update
    makes another. ``webhook`` is told of each analysis, signed with ``webhook_secret``; "" for none. ``adopt`` takes over a
    project or gate that is there already.
    ``pull_requests`` makes a second project beside it, for a server of the Community Edition, which analyses no pull requests:
    its key ends with ``-pull-requests``, the same gate judges it, and its token is secret SONAR_PULL_REQUEST_TOKEN.
    ``reader`` is the login of a user that is made to browse the project and do nothing else, as an exporter does; "" for none.
    """

    project: str
    name: str = ""
    gate: str = "Lockgate"
    url: pulumi.Input[str] = ""
    visibility: Literal["private", "public"] = "private"
    main_branch: str = "main"
    conditions: Mapping[str, tuple[str, str]] = field(default_factory=lambda: dict(STORY))
    groups: Mapping[str, Sequence[str]] = field(default_factory=lambda: dict(GROUPS))
    users: Mapping[str, Sequence[str]] = field(default_factory=dict)
    repository: pulumi.Input[str] = ""
    token_days: int = 180
    renew_days: int = 30
    webhook: str = ""
    webhook_secret: pulumi.Input[str] = ""
    adopt: bool = False
    pull_requests: bool = False
    reader: str = ""

    def __post_init__(self) -> None:
        if not KEY.fullmatch(self.project) or len(self.project) > 400:
            raise ValueError(f"project = {self.project}: must be letters, digits and -_.: with one that is no digit; rename it")
        if self.gate == BUILT_IN:
            raise ValueError(f"gate = {self.gate}: is built into SonarQube, and its conditions stay; choose another name")
        if not self.conditions:
            raise ValueError("conditions = {}: a gate without a condition lets everything pass; name one, such as bugs")
        for metric, (operator, limit) in self.conditions.items():
            if operator not in ("GT", "LT") or not re.fullmatch(r"\d+(\.\d+)?", limit):
                raise ValueError(f'conditions[{metric}] = {(operator, limit)}: must be ("GT" or "LT", a number as text)')
        if not 0 < self.renew_days < self.token_days <= 365:
            raise ValueError(
                f"token_days = {self.token_days}, renew_days = {self.renew_days}: a token lives for at most 365 days, and is "
                "renewed within them; choose 180 and 30"
            )
