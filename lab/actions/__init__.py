"""Stand-ins for the actions of GitHub's that workflows use, for runs of them on this machine.

The real ones are programs on GitHub's server, and most of them only talk to it. Each stand-in takes the inputs of the real one
and does on this machine what that does there; the folder ``$LOCKGATE_RUNNER`` is the server.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
SHARED = "runner.mjs"


@dataclass(frozen=True, kw_only=True)
class StandIn:
    """``inputs`` are the names of the real action's, as its action.yml has them.

    ``why`` says why the real one cannot run here, ``does`` what happens instead.
    """

    main: str
    inputs: tuple[str, ...]
    why: str
    does: str
    post: str = ""


_CHECKOUT = (
    "repository ref token ssh-key ssh-known-hosts ssh-strict ssh-user persist-credentials path clean filter sparse-checkout "
    "sparse-checkout-cone-mode fetch-depth fetch-tags show-progress lfs submodules set-safe-directory github-server-url"
)
_CACHE = "path key restore-keys upload-chunk-size enableCrossOsArchive fail-on-cache-miss lookup-only save-always"
_UPLOAD = "name path if-no-files-found retention-days compression-level overwrite include-hidden-files archive"
_DOWNLOAD = "name artifact-ids path pattern merge-multiple github-token repository run-id"
_PYTHON = "python-version python-version-file cache architecture check-latest token cache-dependency-path update-environment"
_NODE = "node-version node-version-file cache package-manager-cache cache-dependency-path check-latest registry-url token"
_ATTEST = "subject-path subject-digest subject-name subject-checksums sbom-path predicate-type predicate push-to-registry"
_INIT = "languages build-mode queries config-file config packs tools token"
_ANALYZE = "category output upload checkout_path add-snippets wait-for-processing token"
_SARIF = "sarif_file checkout_path ref sha token category wait-for-processing"


STAND_INS: Mapping[str, StandIn] = {
    "actions/checkout": StandIn(
        main="checkout.mjs",
        post="checkout-post.mjs",
        inputs=tuple(_CHECKOUT.split()),
        why="it fetches from GitHub's server",
        does="Git fetches from a repository on this machine; a job waits here for its environment's gate and a free runner",
    ),
    "actions/cache": StandIn(
        main="cache.mjs",
        post="cache-post.mjs",
        inputs=tuple(_CACHE.split()),
        why="the cache is GitHub's",
        does="caches of the home folder stay where they are, others in the runner's folder",
    ),
    "actions/upload-artifact": StandIn(
        main="upload-artifact.mjs", inputs=tuple(_UPLOAD.split()), why="artifacts are GitHub's", does="a folder for each run"
    ),
    "actions/download-artifact": StandIn(
        main="download-artifact.mjs", inputs=tuple(_DOWNLOAD.split()), why="artifacts are GitHub's", does="from the run's folder"
    ),
    "actions/setup-python": StandIn(
        main="language.mjs", inputs=tuple(_PYTHON.split()), why="it downloads from GitHub", does="this machine's Python is used"
    ),
    "actions/setup-node": StandIn(
        main="language.mjs", inputs=tuple(_NODE.split()), why="it downloads from GitHub", does="this machine's Node.js is used"
    ),
    "actions/attest": StandIn(
        main="attest.mjs",
        inputs=tuple(_ATTEST.split()),
        why="Sigstore and GitHub keep it",
        does="looks whether the subject is there",
    ),
    "github/codeql-action/init": StandIn(
        main="codeql.mjs", inputs=tuple(_INIT.split()), why="CodeQL comes from GitHub", does="nothing; Semgrep looks instead"
    ),
    "github/codeql-action/analyze": StandIn(
        main="codeql.mjs", inputs=tuple(_ANALYZE.split()), why="CodeQL comes from GitHub", does="nothing; Semgrep looks instead"
    ),
    "github/codeql-action/upload-sarif": StandIn(
        main="upload-sarif.mjs",
        inputs=tuple(_SARIF.split()),
        why="code scanning is GitHub's",
        does="it refuses what GitHub refuses: no SARIF, one tool and category twice",
    ),
}


def write(folder: Path) -> None:
    """Writes the stand-ins below ``folder``, each into the folder of its name."""
    for action, one in STAND_INS.items():
        home = folder / action
        home.mkdir(parents=True)
        for name in filter(None, (SHARED, one.main, one.post)):
            shutil.copyfile(HERE / name, home / name)
        (home / "action.yml").write_text(json.dumps(_document(action, one), indent=2))


def used(document: str) -> set[str]:
    """The actions of other repositories that a workflow or composite action uses, without their versions."""
    found: Any = yaml.safe_load(document)
    jobs = [*found.get("jobs", {}).values(), found.get("runs", {})]
    steps = [step for job in jobs for step in job.get("steps", ())]
    return {str(step["uses"]).partition("@")[0] for step in steps if "@" in step.get("uses", "")}


def _document(action: str, one: StandIn) -> Mapping[str, object]:
    runs = {"using": "node20", "main": one.main, **({"post": one.post, "post-if": "always()"} if one.post else {})}
    inputs = {name: {"description": name, "required": False, "default": ""} for name in one.inputs}
    return {"name": f"A stand-in for {action}", "description": one.does, "inputs": inputs, "runs": runs}
