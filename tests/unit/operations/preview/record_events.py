"""Records what the real engine says of a tiny program: ``python tests/unit/operations/preview/record_events.py``.

It needs the tools of ``make up`` and writes ``golden/*.jsonl``, one engine event a line, without the debug ones.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pulumi
import yaml

sys.path.insert(0, str(Path(__file__).parents[4]))

from operations import environment
from operations.project import Project

HERE = Path(__file__).parent
TOKEN = "planted-token-4711"  # noqa: S105
KEY = "-----BEGIN PLANTED KEY-----\nplantedline-one-aaaa\nplantedline-two-bbbb\n-----END PLANTED KEY-----"
PROGRAM = """
import base64, os, pulumi
from pulumi import dynamic

class Provider(dynamic.ResourceProvider):
    def create(self, props):
        return dynamic.CreateResult(props["name"], props)
    def diff(self, id, old, new):
        keys = [key for key in ("size", "name", "token") if old.get(key) != new.get(key)]
        return dynamic.DiffResult(changes=bool(keys), replaces=[key for key in keys if key == "name"])
    def update(self, id, old, new):
        return dynamic.UpdateResult(new)
    def read(self, id, props):
        return dynamic.ReadResult(id, {**props, "size": "99"} if os.environ.get("DRIFT") else props)

class Thing(dynamic.Resource, module="shop", name="Thing"):
    def __init__(self, key, opts=None, **props):
        super().__init__(Provider(), key, props, opts)

config = pulumi.Config()
token = config.require_secret("token")
scene = os.environ["SCENE"]
Thing("kept", name="kept", size="1", token=token)
Thing("grown", name="grown", size="1" if scene == "first" else "2", token=token)
if scene != "first":
    made = Thing("made", name="made | <b>", size="1", token=token)
    Thing("depends", name="depends", size=made.id)
Thing("renamed", name="old" if scene == "first" else "new", size="1")
if scene == "first":
    Thing("gone", name="gone", size="1", token=token)
pulumi.export("token", token)
pulumi.export("size", "1" if scene == "first" else "2")
if scene == "fails":
    def burst(value):
        pulumi.log.warn("see " + value)
        print("key:", config.get("key"))
        print(base64.b64encode(value.encode()).decode())
        raise ValueError(f"the server refused {value}")
    pulumi.export("never", token.apply(burst))
"""
SCENES = {"first": ["preview"], "mixed": ["preview"], "fails": ["preview"], "drift": ["refresh", "--preview-only"]}


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / "Pulumi.yaml").write_text(yaml.safe_dump({"name": "shop", "runtime": {"name": "python"}}))
        (root / "__main__.py").write_text(PROGRAM)
        (root / "state").mkdir()
        known = environment.child(Project(HERE.parents[3]))
        known |= {
            "PULUMI_BACKEND_URL": f"file://{root}/state",
            "PULUMI_HOME": f"{root}/home",
            "PULUMI_CONFIG_PASSPHRASE": "x",
            "SCENE": "first",
        }
        known.pop("PULUMI_CONFIG_PASSPHRASE_FILE", None)
        record(root, known)


def record(root: Path, known: dict[str, str]) -> None:
    def pulumi(*words: str, text: str = "", scene: str = "first", good: bool = True) -> None:
        variables = {**known, "SCENE": scene, "PULUMI_DEBUG_COMMANDS": "true", **({"DRIFT": "1"} if scene == "drift" else {})}
        command = ["pulumi", *words, "--non-interactive"]
        done = subprocess.run(command, cwd=root, env=variables, input=text, text=True, check=False, capture_output=True)
        if (done.returncode == 0) != good:
            sys.exit(f"pulumi {words}: {done.stdout}{done.stderr}")

    pulumi("stack", "init", "dev")
    pulumi("config", "set", "--secret", "token", text=TOKEN)
    pulumi("config", "set", "--secret", "key", text=KEY)
    for scene, command in SCENES.items():
        pulumi(*command, "--event-log", str(root / scene), scene=scene, good=scene != "fails")
        keep(root / scene)
        if scene == "first":
            pulumi("up", "--yes", "--skip-preview")


def keep(log: Path) -> None:
    events = [json.loads(line) for line in log.read_text().splitlines()]
    told = [event for event in events if event.get("diagnosticEvent", {}).get("severity") != "debug"]
    text = "".join(json.dumps(event) + "\n" for event in told).replace(str(log.parent), "/project")
    for folder in (Path(sys.executable).parents[1], Path(pulumi.__file__).parents[4]):
        text = text.replace(str(folder), "/venv")
    text = text.replace(str(Path(sys.base_prefix)), "/python")
    (HERE / "golden" / f"{log.name}.jsonl").write_text(text)


if __name__ == "__main__":
    main()
