"""A W&B server on the loopback that answers until a file is there, and then accepts and never
answers, as a network does that went away. `python wandb_server.py FILE` prints its port.
"""

from __future__ import annotations

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

RUN = {
    "id": "UnVuOjE=", "name": "r1", "displayName": "r1", "description": "", "config": "{}",
    "sweepName": None, "historyLineCount": 0, "projectId": "1", "files": {"edges": []},
    "project": {
        "id": "1", "name": "hybhanas", "entity": {"id": "1", "name": "me"},
        "organization": {"name": "o"},
    },
    "uploadHeaders": [],
}  # fmt: skip
ANSWER = {
    "upsertBucket": {"bucket": RUN, "inserted": True}, "model": {"bucket": None}, "project": None,
    "viewer": {
        "id": "1", "entity": "me", "username": "me", "flags": "{}", "email": "a@b",
        "teams": {"edges": []},
    },
    "serverInfo": {"cliVersionInfo": {}, "latestLocalVersionInfo": None, "features": []},
    "entity": {"name": "me"}, "createRunFiles": {"runID": "r1", "uploadHeaders": [], "files": []},
    "QueryType": {"fields": []}, "MutationType": {"fields": []},
    "UpsertBucketInput": {"inputFields": []},
}  # fmt: skip


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    silent = Path(sys.argv[-1])

    def log_message(self, *_: object) -> None:
        """Prints nothing."""

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.silent.exists():
            time.sleep(3600)
        content = json.dumps({"data": ANSWER} if "graphql" in self.path else {}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = answer  # noqa: N815 - as http.server calls them


class Server(ThreadingHTTPServer):
    daemon_threads = True


if __name__ == "__main__":
    server = Server(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)  # noqa: T201
    server.serve_forever()
