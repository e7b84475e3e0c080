"""Every stack as one page of HTML, which needs no server, no script and nothing from elsewhere."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from html import escape
from pathlib import Path

from history.model import Run
from operations.overview import Overview, Repository, Stack
from operations.overview_view import facts, moment, short, when, why

STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --page: #fff; --card: #f6f8fa;
  --good: #1a7f37; --bad: #b42318; --link: #0a58ca; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9da7b1; --line: #3d444d; --page: #0d1117; --card: #161b22;
  --good: #4ac26b; --bad: #ff8a80; --link: #79b8ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; background: var(--page); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.4rem; margin: .5rem 0; } h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; }
p.made { color: var(--soft); margin: 0; }
ul.stacks { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 1rem; list-style: none; padding: 0; }
ul.stacks > li { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; min-width: 0; }
ul.stacks h2 { margin: 0 0 .25rem; }
.live { font-size: 1.5rem; font-weight: 600; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .15rem .75rem; margin: .5rem 0 0; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { color: var(--soft); font-weight: 600; } a { color: var(--link); }
.good { color: var(--good); } .bad, .warning { color: var(--bad); font-weight: 600; } .warning { overflow-wrap: anywhere; }
"""
NAMES = ("release", "slot", "since", "last change", "way back")
SIGNS = {"success": ("good", "✓ "), **dict.fromkeys(("failure", "timed_out", "startup_failure"), ("bad", "✗ "))}


def write(found: Overview, file: Path) -> None:
    """Replaces ``file`` as a whole: a reader never sees half a page."""
    with tempfile.NamedTemporaryFile("w", dir=file.parent, delete=False, encoding="utf-8") as part:
        part.write(page(found))
    Path(part.name).chmod(0o644)
    os.replace(part.name, file)  # noqa: PTH105


def page(found: Overview) -> str:
    """The whole document."""
    stacks = "".join(map(_stack, found.stacks))
    repositories = "".join(map(_repository, found.repositories))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Stacks</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style></head><body><h1>Stacks</h1>"
        f'<p class="made">As of <time datetime="{found.at.isoformat(timespec="seconds")}">{moment(found.at)} UTC</time></p>'
        f'<main><ul class="stacks">{stacks}</ul>{repositories}</main></body></html>\n'
    )


def _stack(one: Stack) -> str:
    release, version, *rest = facts(one)
    pairs = zip(NAMES, (release, *rest), strict=True)
    url = str(one.status.known.outputs.get("url") or "") if one.status else ""
    facts_ = "".join(f"<dt>{name}</dt><dd>{_cut(text)}</dd>" for name, text in pairs if text != "-")
    said = f'<p class="warning" role="alert">{escape(one.warning)}</p>' if one.warning else ""
    link = f"<dt>URL</dt><dd>{_link(url, url)}</dd>" if url else ""
    head = version if version != "-" else release
    return f'<li><h2>{escape(one.name)}</h2><div class="live">{_cut(head)}</div><dl>{facts_}{link}</dl>{said}</li>'


def _cut(text: str) -> str:
    """Where a commit is in it, the whole text is shown by pointing there."""
    if short(text) == text:
        return escape(text)
    return f'<span title="{escape(text)}">{escape(short(text))}</span>'


def _repository(one: Repository) -> str:
    title = f"<h2>Last runs of {escape(one.name)}</h2>"
    if not one.runs:
        return f"{title}<p>No run is known{escape(why(one))}.</p>"
    head = _row(("workflow", "came to", "ended (UTC)", "took", "commit", "page"), "th", ' scope="col"')
    rows = "".join(map(_run, one.runs))
    return f'{title}<div class="scroll"><table><thead>{head}</thead><tbody>{rows}</tbody></table></div>'


def _run(run: Run) -> str:
    """The outcome is told by a sign, since not everybody sees the colour."""
    word = run.conclusion or "goes on"
    kind, sign = SIGNS.get(word, ("", ""))
    state = f'<span class="{kind}">{sign}{escape(word)}</span>'
    page_ = _link(run.url, f"run {run.number}")
    return _row((escape(run.workflow), state, *when(run), escape(run.commit[:7]), page_), "td")


def _row(cells: Iterable[str], kind: str, more: str = "") -> str:
    return f"<tr>{''.join(f'<{kind}{more}>{cell}</{kind}>' for cell in cells)}</tr>"


def _link(url: str, text: str) -> str:
    """Nothing but a web address becomes a link."""
    if not url.startswith(("https://", "http://")):
        return escape(text)
    return f'<a href="{escape(url)}" rel="noreferrer">{escape(text)}</a>'
