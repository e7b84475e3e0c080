"""Takes pictures of the dashboards' queries on Prometheus' own graph page: ``python docs/pictures/prometheus.py FOLDER``.

A real Prometheus (Debian's, in a folder of its own by chroot, so as root) with a recorded history of about 1,000 runs, which was
backfilled; Chromium, and pngquant, which makes the pictures small. It is run in the project's folder, with
``PYTHONPATH=.:tests/support``.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

from prometheus_past import END, backfilled, until_ready
from receivers import free_port

from components.monitoring.boards import BOARDS
from components.monitoring.charts import Chart
from toolchain import monitoring

WIDTH, GRAPH = 760, 830
COLOURS = 24
DRAWN = 6000
"""Bytes of a chart that is drawn, at least, on an average: now and then Chromium takes the picture before."""
MOST = 6
"""Charts in a picture; the page itself mixes them up from ten on."""
CHROMIUM = [
    *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--hide-scrollbars", "--virtual-time-budget=60000"),
]


def main(pictures: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        with tarfile.open(monitoring.build_prometheus().path) as layer:
            layer.extractall(root, filter="fully_trusted")  # noqa: S202
        backfilled(root, 1000)
        (root / "prometheus.yml").write_text("{}")
        port = free_port()
        options = ["--config.file=/prometheus.yml", "--storage.tsdb.path=/data", "--storage.tsdb.retention.time=10y"]
        options += [f"--web.listen-address=127.0.0.1:{port}", "--query.lookback-delta=6h", "--log.level=error"]
        process = subprocess.Popen(["chroot", root, "/usr/bin/prometheus", *options])
        try:
            until_ready(process, f"http://127.0.0.1:{port}")
            for board in BOARDS[:3]:
                for part, start in enumerate(range(0, len(board.charts), MOST), 1):
                    picture = pictures / f"{board.id}-{part}.png"
                    _take(f"http://127.0.0.1:{port}", board.charts[start : start + MOST], picture, root)
        finally:
            process.terminate()
            process.wait()


def _take(url: str, charts: Sequence[Chart], picture: Path, folder: Path) -> None:
    asked: dict[str, str] = {}
    for index, chart in enumerate(charts):
        expression = re.sub(r"\$\w+", ".*", chart.queries[0].expression)
        moment, table = END.strftime("%Y-%m-%d %H:%M"), chart.kind in ("table", "number")
        told = {"expr": expression, "tab": str(int(table)), "range_input": "30d", "step_input": "21600", "stacked": "0"}
        asked |= {f"g{index}.{key}": value for key, value in {**told, "end_input": moment, "moment_input": moment}.items()}
    options = [f"--user-data-dir={folder}/profile-{picture.stem}", f"--window-size={WIDTH},{GRAPH * len(charts)}"]
    command = [*CHROMIUM, *options, f"--screenshot={picture.resolve()}", f"{url}/graph?{urlencode(asked)}"]
    for _ in range(5):
        subprocess.run(command, capture_output=True, check=True)
        subprocess.run(["pngquant", "--force", "--ext=.png", "--nofs", str(COLOURS), str(picture)], check=True)
        if picture.stat().st_size > DRAWN * len(charts):
            return
    raise SystemExit(f"{picture}: Chromium does not draw all of it")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
