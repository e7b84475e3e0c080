"""The shapes of single settings, each with the rule that an error states."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr


@dataclass(frozen=True)
class Rule:
    """What holds for a setting, as an error says it after the value; ``example`` is a value that fits."""

    text: str
    example: str = ""


def _text_of_scalar(value: Any) -> Any:
    """``pulumi config set --path`` stores ``1`` and ``true`` as a number and a boolean; an environment knows only text."""
    return json.dumps(value) if isinstance(value, bool | int | float) else value


def _https(value: SecretStr) -> SecretStr:
    if not re.match(r"^(https://[^\s/@]+|http://127\.0\.0\.1(:[0-9]+)?)(/\S*)?$", value.get_secret_value()):
        raise ValueError("not https")
    return value


def _not_githubs(name: str) -> str:
    if name.startswith("GITHUB_"):
        raise ValueError("reserved")
    return name


_DIGEST = r"@sha256:[0-9a-f]{64}"
_REPOSITORY = r"[a-z0-9][a-z0-9._-]*(:[0-9]+)?(/[a-z0-9][a-z0-9._-]*)*"
_TAG = r":[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
_DAY = "(Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_DAYS = f"{_DAY}(-{_DAY})?"
_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]"

Port = Annotated[int, Field(ge=1, le=65535)]
NodePort = Annotated[int, Field(ge=30000, le=32767), Rule("must be a whole number from 30000 to 32767", "30081")]
Count = Annotated[int, Field(ge=0, le=100_000)]
Percent = Annotated[int, Field(ge=0, le=100)]
Minutes = Annotated[int, Field(ge=1, le=360)]
Seconds = Annotated[int, Field(ge=1, le=3600)]

ServiceName = Annotated[
    str,
    Field(pattern=r"^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$"),
    Rule("must be 1 to 40 lower-case letters, digits and hyphens, a letter first"),
]
Namespace = Annotated[
    str,
    Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"),
    Rule("must be 1 to 63 lower-case letters, digits and hyphens", "podinfo-dev"),
]
OptionalNamespace = Annotated[
    str,
    Field(pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)?$"),
    Rule("must be 1 to 63 lower-case letters, digits and hyphens", "sonarqube"),
]
Context = Annotated[str, Field(pattern=r"^\S+$"), Rule("must be the name of a kubeconfig context")]
Image = Annotated[
    str,
    Field(pattern=f"^({_REPOSITORY}({_TAG})?{_DIGEST})?$"),
    Rule("must be a reference by digest, REPOSITORY[:TAG]@sha256:DIGEST"),
]
ToolImage = Annotated[
    str,
    Field(pattern=f"^{_REPOSITORY}({_TAG})?({_DIGEST})?$"),
    Rule("must be a reference, REPOSITORY[:TAG][@sha256:DIGEST]"),
]
Version = Annotated[
    str,
    Field(pattern=r"^([A-Za-z0-9_][A-Za-z0-9_.+-]{0,127})?$"),
    Rule("must be 1 to 128 letters, digits and ._+-, without a blank", "1.2.0"),
]
HttpPath = Annotated[str, Field(pattern=r"^/\S*$"), Rule("must be a path that begins with /")]
Cpu = Annotated[
    str,
    Field(pattern=r"^([1-9][0-9]*m?|0\.[0-9]{0,2}[1-9])$"),
    Rule("must be a quantity of CPU such as 25m, 0.5 or 2"),
]
Memory = Annotated[
    str, Field(pattern=r"^[1-9][0-9]*(Ki|Mi|Gi|k|M|G)?$"), Rule("must be a quantity of memory such as 64Mi or 1Gi")
]
Storage = Annotated[
    str, Field(pattern=r"^([1-9][0-9]*(Mi|Gi|Ti))?$"), Rule("must be a size of a disk such as 500Mi or 10Gi", "10Gi")
]
SonarKey = Annotated[
    str,
    Field(pattern=r"^([A-Za-z0-9_.:-]*[A-Za-z_.:-][A-Za-z0-9_.:-]*)?$", max_length=400),
    Rule("must be letters, digits and -_.: with one that is no digit", "podinfo"),
]
Rate = Annotated[str, Field(pattern=r"^[0-9]{1,9}(\.[0-9]{1,6})?$"), Rule("must be a number from 0 up", "23.5")]
RunnerRates = Annotated[
    dict[Annotated[str, Field(pattern=r"^[^\s=]+$")], Annotated[Rate, BeforeValidator(_text_of_scalar)]],
    Rule("must map runners' labels to numbers from 0 up"),
]
Strategy = Annotated[Literal["rolling", "blue-green"], Rule("must be rolling or blue-green")]
Registry = Annotated[
    str, Field(pattern=f"^{_REPOSITORY}$"), Rule("must be a registry's host, with port and path if it has them, without https://")
]
Url = Annotated[
    str,
    Field(pattern=r"^(https?://[^\s/@]+(/[^\s@]*)?)?$"),
    Rule("must begin with http:// or https:// and name no user", "https://sonarqube.example.com"),
]
SecretUrl = Annotated[SecretStr, AfterValidator(_https), Rule("must begin with https://, or http://127.0.0.1")]
_MAIL = r"[^\s@,<>]+@[^\s@,<>]+"
MailAddress = Annotated[str, Field(pattern=f"^({_MAIL})?$"), Rule("must be a mail address", "lockgate@example.com")]
MailAddresses = Annotated[
    str,
    Field(pattern=f"^({_MAIL}(,{_MAIL})*)?$"),
    Rule("must be mail addresses with commas and without blanks", "ops@example.com"),
]
MailServer = Annotated[
    str,
    Field(pattern=r"^(smtps?://[^\s/@:]+(:[0-9]{1,5})?)?$"),
    Rule("must be smtp://HOST[:PORT] or smtps://HOST[:PORT]", "smtps://mail.example.com"),
]
Window = Annotated[
    str,
    Field(pattern=f"^({_DAYS}(,{_DAYS})* {_TIME}-{_TIME} UTC)?$"),
    Rule("must be days and times in UTC, such as Mon-Thu 08:00-15:00 UTC", "'Mon-Thu 08:00-15:00 UTC'"),
]
GitHubRepository = Annotated[
    str,
    Field(pattern=r"^([A-Za-z0-9-]{1,39}/[A-Za-z0-9._-]{1,100})?$"),
    Rule("must be OWNER/NAME", "example/podinfo"),
]
Platform = Annotated[
    str,
    Field(pattern=r"^([A-Za-z0-9-]{1,39}/[A-Za-z0-9._-]{1,100}(@[A-Za-z0-9._/-]+)?)?$"),
    Rule("must be OWNER/NAME, or OWNER/NAME@REF", "example/platform"),
]
GitHubUrl = Annotated[
    str,
    Field(pattern=r"^(https://[^\s/@]+|http://(127\.0\.0\.1|localhost)(:[0-9]+)?)$"),
    Rule("must be https://HOST, or http:// and this machine (127.0.0.1 or localhost), without a path"),
]
AppNumber = Annotated[str, Field(pattern=r"^[0-9]*$"), Rule("must be the number that GitHub shows", "123456")]
Manages = Annotated[Literal["repository", "environment"], Rule("must be repository or environment")]
_ActionsName = Annotated[str, Field(pattern=r"^[A-Z_][A-Z0-9_]*$"), AfterValidator(_not_githubs)]
_ACTIONS = Rule("must map names (capital letters, digits, _; not GITHUB_ in front) to strings")
ActionsVariables = Annotated[dict[_ActionsName, Annotated[str, BeforeValidator(_text_of_scalar)]], _ACTIONS]
ActionsSecrets = Annotated[dict[_ActionsName, Annotated[SecretStr, BeforeValidator(_text_of_scalar)]], _ACTIONS]
StackNames = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9_.-]+(,[A-Za-z0-9_.-]+)*$"),
    Rule("must be names of stacks with commas and without blanks", "dev,staging,prod"),
]
Deletion = Annotated[Literal["refuse", "allow"], Rule("must be refuse or allow")]
Visibility = Annotated[Literal["private", "internal", "public"], Rule("must be private, internal or public")]
GitHubEnvironment = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9._-]{1,100}$"), Rule("must be 1 to 100 letters, digits and ._-", "production")
]
_REVIEWER = "(user|team):[A-Za-z0-9_-]+"
Reviewers = Annotated[
    str,
    Field(pattern=f"^({_REVIEWER}(,{_REVIEWER}){{0,5}})?$"),
    Rule("must be up to six of user:NAME and team:SLUG, with commas and without blanks", "user:NAME"),
]
RefPatterns = Annotated[
    str, Field(pattern=r"^([^\s,]+(,[^\s,]+)*)?$"), Rule("must be patterns with commas and without blanks", "'release/*'")
]
RunnerLabel = Annotated[str, Field(pattern=r"^[^\s,]+$"), Rule("must be one label")]
_Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
_ENVIRONMENT = Rule("must map names of environment variables (letters, digits, _) to strings")
Environment = Annotated[dict[_Name, Annotated[str, BeforeValidator(_text_of_scalar)]], _ENVIRONMENT]
SecretEnvironment = Annotated[dict[_Name, Annotated[SecretStr, BeforeValidator(_text_of_scalar)]], _ENVIRONMENT]
