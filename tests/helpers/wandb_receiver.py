"""A W&B server on the loopback that takes what an online run or `wandb sync` sends, and keeps it.

It speaks the part of the protocol that W&B's own client needs: GraphQL at /graphql, history,
summary and exit of a run at /files/ENTITY/PROJECT/RUN/file_stream, files at addresses of its own.
"""

from __future__ import annotations

import itertools
import json
import re
import sys
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

EXISTS = {"edges": []}


@dataclass
class Received:
    """A run as the server knows it."""

    variables: dict[str, Any] = field(default_factory=dict)
    started: int = 0  # how often a client began it
    history: dict[int, dict[str, Any]] = field(default_factory=dict)  # by line
    summary: dict[str, Any] = field(default_factory=dict)
    exit_code: int | None = None
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def config(self) -> dict[str, Any]:
        return {
            name: entry["value"] for name, entry in json.loads(self.variables["config"]).items()
        }

    def table(self, name: str) -> list[dict[str, Any]]:
        """The rows of a table as it was logged last."""
        content = json.loads(self.files[self.summary[name]["path"]])
        return [dict(zip(content["columns"], row, strict=True)) for row in content["data"]]


@dataclass
class Artifact:
    """A version of files, who made it and who used it."""

    name: str
    kind: str
    digest: str
    made_by: list[str] = field(default_factory=list)
    used_by: list[str] = field(default_factory=list)
    manifest: dict[str, Any] = field(default_factory=dict)
    state: str = "PENDING"


class Receiver(ThreadingHTTPServer):
    """The server; everything it received is in `runs`, by id, and `artifacts`, by their own."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.runs: dict[str, Received] = {}
        self.artifacts: dict[str, Artifact] = {}
        self.unknown: list[str] = []
        self.views: list[dict[str, Any]] = []  # saved workspaces and reports
        self.uploads: dict[str, tuple[str, str]] = {}
        self.lock = threading.Lock()
        self.ids = itertools.count(1)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def upload(self, owner: str, name: str) -> str:
        """An address to send a file to."""
        key = str(next(self.ids))
        self.uploads[key] = owner, name
        return f"{self.address}/upload/{key}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing of a client that ends a connection."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def __exit__(self, *exception: object) -> None:
        self.shutdown()
        super().__exit__(*exception)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Receiver

    def log_message(self, *_: object) -> None:
        """Prints nothing."""

    def do_GET(self) -> None:
        self._answer({})

    def do_PUT(self) -> None:
        owner, name = self.server.uploads[self.path.rpartition("/")[2]]
        content = self._body()
        with self.server.lock:
            if owner in self.server.artifacts:
                if name == "wandb_manifest.json":
                    self.server.artifacts[owner].manifest = json.loads(content)["contents"]
            else:
                self.server.runs[owner].files[name] = content
        self._answer({})

    def do_POST(self) -> None:
        body = self._body()
        with self.server.lock:
            if self.path.endswith("/graphql"):
                self._answer({"data": _answer(self.server, json.loads(body))})
                return
            if self.path.endswith("/file_stream"):
                _stream(self.server.runs[self.path.split("/")[-2]], json.loads(body))
        self._answer({})  # also to what W&B counts for itself

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("content-length") or 0))

    def _answer(self, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _stream(run: Received, content: dict[str, Any]) -> None:
    """Lines of history and of the summary, which replace those from their offset on."""
    for name, chunk in (content.get("files") or {}).items():
        for number, line in enumerate(chunk["content"], chunk["offset"]):
            if name == "wandb-history.jsonl":
                run.history[number] = json.loads(line)
            elif name == "wandb-summary.json":
                run.summary = json.loads(line)
    if content.get("complete"):
        run.exit_code = content["exitcode"]


def _answer(server: Receiver, content: dict[str, Any]) -> dict[str, Any]:
    query, variables = content["query"], content.get("variables") or {}
    operation = re.search(r"(?:query|mutation)\s+(\w+)", query)
    name = operation[1] if operation else ""
    answer = _ANSWERS.get(name)
    if answer is None:
        server.unknown.append(f"{name}: {' '.join(query.split())[:300]}")
        return {}
    return answer(server, variables)


def _of_run(run_id: str, run: Received) -> dict[str, Any]:
    config = json.loads(run.variables.get("config") or "{}")
    telemetry = config.get("_wandb", {}).get("value", {}).get("t")  # without it, it never started
    last = json.dumps(run.history[max(run.history)]) if run.history else "{}"
    return {
        "id": run_id, "name": run_id, "displayName": run.variables.get("displayName"),
        "description": "", "config": run.variables.get("config") or "{}", "sweepName": None,
        "historyLineCount": len(run.history), "logLineCount": 0, "eventsLineCount": 0,
        "historyTail": json.dumps([last]), "eventsTail": "[]",
        "summaryMetrics": json.dumps(run.summary), "tags": run.variables.get("tags") or [],
        "wandbConfig": json.dumps({"t": telemetry}), "projectId": "1", "files": {"edges": []},
        "project": {"id": "1", "name": "hybhanas", "entity": {"id": "1", "name": "me"},
                    "organization": {"name": "o"}},
    }  # fmt: skip


def _upsert(server: Receiver, variables: dict[str, Any]) -> dict[str, Any]:
    run_id = variables["name"]
    inserted = run_id not in server.runs
    run = server.runs.setdefault(run_id, Received())
    run.started += "displayName" in variables and variables["displayName"] is not None
    run.variables |= {key: value for key, value in variables.items() if value is not None}
    return {"upsertBucket": {"bucket": _of_run(run_id, run), "inserted": inserted}}


def _resume(server: Receiver, variables: dict[str, Any]) -> dict[str, Any]:
    run = server.runs.get(variables["name"])
    return {"model": {"bucket": None if run is None else _of_run(variables["name"], run)}}


def _create_files(server: Receiver, variables: dict[str, Any]) -> dict[str, Any]:
    run_id = variables["run"]
    files = [
        {"name": name, "uploadUrl": server.upload(run_id, name)} for name in variables["files"]
    ]
    made = {"runID": run_id, "uploadHeaders": [], "files": files}
    return {"createRunFiles": made}


def _create_artifact(server: Receiver, variables: dict[str, Any]) -> dict[str, Any]:
    values = variables.get("input", variables)
    name = (values.get("artifactCollectionNames") or [values.get("artifactCollectionName")])[0]
    digest = values["digest"]
    found = [k for k, a in server.artifacts.items() if (a.name, a.digest) == (name, digest)]
    key = found[0] if found else f"artifact-{next(server.ids)}"
    artifact = server.artifacts.setdefault(key, Artifact(name, values["artifactTypeName"], digest))
    if not found:
        artifact.made_by.append(values["runName"])
    return {"createArtifact": {"artifact": {
        "id": key, "state": artifact.state,
        "artifactSequence": {"id": name, "latestArtifact": None},
    }}}  # fmt: skip


def _create_manifest(server: Receiver, variables: dict[str, Any]) -> dict[str, Any]:
    key = variables["artifactID"]
    url = server.upload(key, "wandb_manifest.json")
    return {"createArtifactManifest": {"artifactManifest": {
        "id": f"manifest-{key}",
        "file": {"id": "1", "name": "wandb_manifest.json", "displayName": "wandb_manifest.json",
                 "uploadUrl": url, "uploadHeaders": []},
    }}}  # fmt: skip


def _create_artifact_files(server: Receiver, variables: dict[str, Any]) -> dict[str, Any]:
    values = variables.get("input", variables)
    edges = []
    for one in values["artifactFiles"]:
        key, name = one["artifactID"], one["name"]
        edges.append({"node": {
            "id": name, "name": name, "displayName": name, "storagePath": name,
            "uploadUrl": server.upload(key, name), "uploadHeaders": [], "uploadMultipartUrls": None,
            "artifact": {"id": key},
        }})  # fmt: skip
    return {"createArtifactFiles": {"files": {"edges": edges}}}


def _commit(server: Receiver, variables: dict[str, Any]) -> dict[str, Any]:
    key = variables["artifactID"]
    server.artifacts[key].state = "COMMITTED"
    return {"commitArtifact": {"artifact": {"id": key, "digest": server.artifacts[key].digest}}}


def _use(server: Receiver, variables: dict[str, Any]) -> dict[str, Any]:
    values = variables.get("input", variables)
    server.artifacts[values["artifactID"]].used_by.append(values["runName"])
    return {"useArtifact": {"artifact": {"id": values["artifactID"]}}}


def _viewer(server: Receiver, variables: dict[str, Any]) -> dict[str, Any]:
    return {"viewer": {
        "id": "1", "entity": "me", "username": "me", "flags": "{}", "email": "a@b",
        "teams": {"edges": []},
    }}  # fmt: skip


def _artifact_type(server: Receiver, variables: dict[str, Any]) -> dict[str, Any]:
    name = variables["name"].partition(":")[0]
    kinds = [one.kind for one in server.artifacts.values() if one.name == name]
    known = {"artifactType": {"name": kinds[0]}} if kinds else None
    return {"project": {"artifact": known}}


def _view(server: Receiver, variables: dict[str, Any]) -> dict[str, Any]:
    server.views.append(variables | {"spec": json.loads(variables["spec"])})
    name = variables.get("name") or "view"
    view = {"id": f"view-{len(server.views)}", "name": name, "displayName": name, "type": "",
            "spec": variables["spec"], "project": {"id": "1", "name": "hybhanas",
            "entityName": "me"}, "user": {"username": "me"}, "createdAt": "2026-01-01T00:00:00",
            "updatedAt": "2026-01-01T00:00:00", "description": ""}  # fmt: skip
    return {"upsertView": {"view": view, "inserted": True}}


def _projects(*_: Any) -> dict[str, Any]:
    project = {"__typename": "Project", "id": "1", "name": "hybhanas", "entityName": "me",
               "createdAt": "2026-01-01T00:00:00", "isBenchmark": False, "user": None}  # fmt: skip
    page = {"endCursor": None, "hasNextPage": False}
    return {"models": {"pageInfo": page, "edges": [{"node": project}]}}


_ANSWERS: dict[str, Any] = {
    "GetProjects": _projects,
    "ProjectInternalId": lambda *_: {"project": {"id": "1", "internalId": "UHJvamVjdDox"}},
    "UpsertView2": _view,
    "upsertView": _view,
    "ArtifactType": _artifact_type,
    "Viewer": _viewer,
    "ServerFeaturesQuery": lambda *_: {"serverInfo": {"features": []}},
    "OrganizationCoreWeaveOrganizationID": lambda *_: {"entity": {"organization": None}},
    "UpsertBucket": _upsert,
    "RunResumeStatus": _resume,
    "CreateRunFiles": _create_files,
    "CreateArtifact": _create_artifact,
    "CreateArtifactManifest": _create_manifest,
    "CreateArtifactFiles": _create_artifact_files,
    "CommitArtifact": _commit,
    "UseArtifact": _use,
}
