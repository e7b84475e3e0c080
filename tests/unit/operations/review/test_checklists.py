"""Which boxes of the template a pull request's text lacks."""

from __future__ import annotations

import pytest

from operations.review.checklist import missing

TEMPLATE = """
<!-- - [ ] Not a box -->
## Before it is merged

- [ ] Tests cover what changed
- [ ] The documentation says it
- [ ] A screenshot (optional)

```
- [ ] An example
```
"""


@pytest.mark.parametrize(
    ("body", "left"),
    [
        (TEMPLATE, ["Tests cover what changed", "The documentation says it"]),
        (TEMPLATE.replace("[ ] T", "[x] T"), []),
        ("* [X]  tests cover  what changed\r\n* [ ] The documentation says it\r\n", ["The documentation says it"]),
        ("", ["Tests cover what changed", "The documentation says it"]),
        ("<!--\n- [x] Tests cover what changed\n-->\n- [x] The documentation says it", ["Tests cover what changed"]),
    ],
)
def test_a_box_that_is_not_ticked_or_not_there_is_missing(body: str, left: list[str]) -> None:
    assert missing(TEMPLATE, body) == left
