"""A workflow checks Lockgate out into the service's folder: nothing there is the service's, whatever is wrong with it."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from scanned import SECRET, WORKFLOW, commit, git, put, scan

SCRIPTS = Path(__file__).parents[2] / "scripts"
HOME = "tools/lockgate"
"""No hidden folder: some scanners pass those over anyway."""

GOOD = {
    "Dockerfile": 'FROM debian:12-slim\nUSER 1000\nHEALTHCHECK CMD ["true"]\n',
    "requirements.lock": "idna==3.10 --hash=sha256:" + "0" * 64 + "\n",
    "dist/packages/idna-3.10.dist-info/METADATA": "Name: idna\nLicense-Expression: BSD-3-Clause\n\n",
    ".github/workflows/a.yml": WORKFLOW.replace("@v1", "@" + "0123456789abcdef" * 2 + "01234567 # v1.0.0"),
    ".gitignore": "dist/\nreports/\n",
}
BAD = {
    "leak.py": f'KEY = "{SECRET}"\n',
    "sql.py": "import os\ndef run(db, v):\n    db.execute(f'SELECT {v}')\n",
    "requirements.lock": "idna==2.0 --hash=sha256:" + "0" * 64 + "\n",
    "Dockerfile": "FROM debian:latest\nRUN cd / && sudo ls\n",
    "package-lock.json": '{"packages": {"node_modules/x": {"version": "1.0.0", "license": "AGPL-3.0-only"}}}',
    ".github/workflows/a.yml": WORKFLOW,
    ".github/actions/a/action.yml": "name: a\ndescription: a\nruns:\n  using: composite\n  steps:\n    - uses: a/b@v1\n",
}


@pytest.fixture
def service(tmp_path: Path) -> Path:
    """A good one, committed, with a bad Lockgate in it."""
    root = tmp_path / "service"
    put(root, GOOD)
    git(root, "init", "--quiet")
    commit(root)
    shutil.copytree(SCRIPTS, root / HOME / "scripts")
    put(root / HOME, BAD)
    return root


@pytest.mark.parametrize("scanner", ["gitleaks", "semgrep", "trivy", "licences", "hadolint", "checkov", "zizmor"])
def test_no_scanner_looks_there(scanner: str, service: Path, data: Path) -> None:
    more = {"CONTAINER_SCAN_ENABLED": "false"} if scanner == "trivy" else {}
    script = service / HOME / "scripts" / "ci" / "security-scan.sh"
    done = scan(service, scanner, data, script=script, PATH=f"{Path(sys.executable).parent}:{os.environ['PATH']}", **more)
    assert (done.returncode, done.stderr.rpartition("error:")[2]) == (0, done.stderr)
    assert HOME not in "".join(file.read_text() for file in (service / "reports" / "security").iterdir())
