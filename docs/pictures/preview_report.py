"""Draws a report's Markdown as GitHub shows a comment: ``python preview_report.py REPORT.md CSS PICTURE.png``.

``CSS`` is github-markdown.css of the npm package github-markdown-css; Chromium takes the picture.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from markdown_it import MarkdownIt

WIDTH, SCALE = 1040, 1.5
ALERT = re.compile(r"<blockquote>\s*<p>\[!(\w+)\]\s*(.*?)</blockquote>", re.DOTALL)
PAGE = """<!doctype html><meta charset="utf-8"><style>{css}</style><style>
body {{ margin: 0; padding: 24px; background: #fff; width: {width}px; font: 14px sans-serif }}
.comment {{ border: 1px solid #d1d9e0; border-radius: 6px }}
.who {{ background: #f6f8fa; border-bottom: 1px solid #d1d9e0; border-radius: 6px 6px 0 0; padding: 9px 16px; color: #59636e }}
.who b {{ color: #1f2328 }} .who i {{ border: 1px solid #d1d9e0; border-radius: 1em; padding: 0 7px; font-style: normal }}
.markdown-body {{ padding: 16px; font-size: 14px; border-radius: 6px }}
</style><div class="comment"><div class="who"><b>github-actions</b> <i>bot</i> commented</div>
<div class="markdown-body">{body}</div></div>"""
MEASURE = "<script>document.title = document.documentElement.offsetHeight</script>"
CHROMIUM = [
    *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--hide-scrollbars"),
]


def page(markdown: str, css: str) -> str:
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown)
    return PAGE.format(css=css, width=WIDTH, body=ALERT.sub(_alert, html))


def _alert(match: re.Match[str]) -> str:
    kind, rest = match[1], match[2]
    title = f'<p class="markdown-alert-title">{kind.capitalize()}</p>'
    return f'<div class="markdown-alert markdown-alert-{kind.lower()}">{title}<p>{rest}</div>'


def draw(html: str, picture: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_text(html + MEASURE)
        chromium = [*CHROMIUM, f"--user-data-dir={folder}/profile"]
        shown = subprocess.run([*chromium, "--dump-dom", file.as_uri()], capture_output=True, text=True, check=True).stdout
        height = re.search(r"<title>(\d+)</title>", shown)
        size = f"--window-size={WIDTH + 48},{int(height[1]) if height else 2000}"
        options = [size, f"--force-device-scale-factor={SCALE}", f"--screenshot={picture.resolve()}"]
        subprocess.run([*chromium, *options, file.as_uri()], capture_output=True, check=True)


if __name__ == "__main__":
    source, style, target = map(Path, sys.argv[1:])
    draw(page(source.read_text(), style.read_text()), target)
