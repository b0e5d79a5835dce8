"""A small Hub on this machine, for tests: it speaks the Hub's protocol over HTTP to the real `huggingface_hub`.

Repositories with commits, regular and LFS files, tokens, private ones; and, for one route, whatever fails.
"""

import base64
import hashlib
import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR
from threading import Thread
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

TOKEN = "hf_good"
KINDS = {"models": "", "spaces": "spaces/"}  # by the API's name, what stands before a repository elsewhere
LFS = (".keras", ".png", ".npz")


@dataclass
class Repository:
    """Its files at each commit, oldest first."""

    private: bool = False
    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)

    @property
    def head(self) -> str:
        return list(self.commits)[-1]

    @property
    def files(self) -> dict[str, bytes]:
        """At the head."""
        return self.commits[self.head]

    def commit(self, files: dict[str, bytes], message: str) -> str:
        content = json.dumps([len(self.commits), {name: oid(name, data) for name, data in files.items()}])
        self.commits[sha := hashlib.sha1(content.encode()).hexdigest()] = files
        self.messages.append(message)
        return sha

    def at(self, revision: str) -> str | None:
        return self.head if revision == "main" else revision if revision in self.commits else None


class Hub:
    """What is stored, and who may do what: `me` owns names under "me/", its token is TOKEN."""

    def __init__(self) -> None:
        self.url = ""
        self.repositories: dict[str, Repository] = {}  # by "models/owner/name"
        self.blobs: dict[str, bytes] = {}
        self.variables: dict[str, str] = {}  # of all Spaces
        self.requests: list[str] = []
        self.failures: list[tuple[str, int | str]] = []  # pattern of "METHOD path", and a status, "cut" or "hang"

    def add(self, name: str, files: dict[str, bytes], private: bool = False) -> Repository:
        """A model's repository with one commit."""
        repository = self.repositories[f"models/{name}"] = Repository(private)
        repository.commit(files, "initial commit")
        return repository

    def fail(self, pattern: str, how: int | str) -> None:
        """Answer what matches "METHOD path" with this status, or "cut" the connection, or "hang"."""
        self.failures.append((pattern, how))


def oid(name: str, data: bytes) -> str:
    """As Git names a file, or LFS."""
    if name.endswith(LFS):
        return hashlib.sha256(data).hexdigest()
    return hashlib.sha1(f"blob {len(data)}\0".encode() + data).hexdigest()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: Hub

    def log_message(self, *_: Any) -> None:
        pass

    def do(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.hub.requests.append(f"{self.command} {path}")
        for pattern, how in self.hub.failures:
            if re.search(pattern, f"{self.command} {path}"):
                return self.break_off(how)
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        for methods, pattern, answer in ROUTES:
            if self.command in methods and (found := re.fullmatch(pattern, path)):
                return getattr(self, answer)(**found.groupdict())
        return self.send(404, {"error": "no such route"})

    do_GET = do_HEAD = do_POST = do_PUT = do

    def break_off(self, how: int | str) -> None:
        body = int(self.headers.get("Content-Length") or 0)
        if how == "hang":
            time.sleep(30)
        self.rfile.read(body if isinstance(how, int) else body // 2)
        if isinstance(how, int):
            return self.send(how, {"error": "as the test asked"})
        if self.command == "GET":  # some of the answer is sent
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"{")
        self.close_connection = True
        return self.connection.shutdown(SHUT_RDWR)

    def send(self, status: int, content: Any = None, headers: dict[str, str] | None = None) -> None:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for key, value in {"Content-Length": str(len(data)), **(headers or {})}.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    @property
    def is_me(self) -> bool:
        return self.headers.get("Authorization") == f"Bearer {TOKEN}"

    def repository(self, kind: str, name: str) -> Repository | None:
        """What the caller may see; what it may not is as if it were not there."""
        found = self.hub.repositories.get(f"{kind}/{name}")
        if found is None or (found.private and not self.is_me):
            self.send(404 if self.is_me else 401, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"})
            return None
        return found

    def commit_of(self, repository: Repository, revision: str) -> str | None:
        sha = repository.at(revision)
        if sha is None:
            self.send(404, {"error": "Invalid rev id"}, {"X-Error-Code": "RevisionNotFound"})
        return sha

    def whoami(self) -> None:
        self.send(*((200, {"name": "me", "type": "user"}) if self.is_me else (401, {"error": "Invalid credentials"})))

    def create(self) -> None:
        asked = json.loads(self.body)
        name = f"{asked['organization'] or 'me'}/{asked['name']}"
        kind = f"{asked.get('type', 'model')}s"
        if not self.is_me or asked["organization"] not in (None, "me"):
            return self.send(403 if self.is_me else 401, {"error": "You don't have the rights to create a model"})
        url = {"url": f"{self.hub.url}/{KINDS[kind]}{name}"}
        if f"{kind}/{name}" in self.hub.repositories:
            return self.send(409, {"error": "You already created this model repo", **url})
        repository = self.hub.repositories[f"{kind}/{name}"] = Repository(asked.get("visibility") == "private")
        repository.commit({".gitattributes": b"*.keras filter=lfs\n"}, "initial commit")
        return self.send(200, url)

    def validate(self) -> None:
        self.send(200, {"errors": [], "warnings": []})

    def info(self, kind: str, name: str, revision: str | None = None) -> None:
        if (repository := self.repository(kind, name)) and (sha := self.commit_of(repository, revision or "main")):
            files = [{"rfilename": path, "size": len(data)} for path, data in repository.commits[sha].items()]
            said = {"id": name, "sha": sha, "private": repository.private, "siblings": files, "tags": []}
            self.send(200, {**said, "downloads": 0, "likes": 0, "sdk": "gradio"})

    def preupload(self, kind: str, name: str, revision: str) -> None:
        if repository := self.repository(kind, name):
            files = repository.files
            self.send(200, {"files": [
                {"path": path, "uploadMode": "lfs" if path.endswith(LFS) else "regular", "shouldIgnore": False,
                 "oid": oid(path, files[path]) if path in files else None}
                for path in (one["path"] for one in json.loads(self.body)["files"])
            ]})  # fmt: skip

    def batch(self, name: str) -> None:
        objects = json.loads(self.body)["objects"]
        for one in objects:
            if one["oid"] not in self.hub.blobs:  # what is stored need not be sent
                one["actions"] = {"upload": {"href": f"{self.hub.url}/lfs/{one['oid']}"}}
        self.send(200, {"transfer": "basic", "objects": objects})

    def put(self, key: str) -> None:
        if hashlib.sha256(self.body).hexdigest() != key:
            return self.send(400, {"error": "cut short"})
        self.hub.blobs[key] = self.body
        return self.send(200, {})

    def commit(self, kind: str, name: str, revision: str) -> None:
        repository = self.repository(kind, name)
        if repository is None:
            return None
        header, *lines = [json.loads(line) for line in self.body.splitlines()]
        if header["value"].get("parentCommit") not in (None, repository.head):
            return self.send(412, {"error": "A commit has happened since. Please refresh and try again."})
        files = dict(repository.files)
        for line in lines:
            value = line["value"]
            if line["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                files[value["path"]] = self.hub.blobs[value["oid"]]
            else:
                del files[value["path"]]
        sha = repository.commit(files, header["value"]["summary"])
        url = f"{self.hub.url}/{KINDS[kind]}{name}/commit/{sha}"
        return self.send(200, {"commitUrl": url, "commitOid": sha, "success": True})

    def variable(self, name: str) -> None:
        asked = json.loads(self.body)
        self.hub.variables[asked["key"]] = asked["value"]
        self.send(200, {})

    def resolve(self, name: str, revision: str, path: str) -> None:
        if not (repository := self.repository("models", name)) or not (sha := self.commit_of(repository, revision)):
            return None
        files = repository.commits[sha]
        if path not in files:
            return self.send(404, {"error": "Entry not found"}, {"X-Error-Code": "EntryNotFound"})
        return self.send(200, files[path], {"ETag": f'"{oid(path, files[path])}"', "X-Repo-Commit": sha})


REPOSITORY = r"(?P<name>[\w.-]+/[\w.-]+)"
ROUTES = [
    ("GET", "/api/whoami-v2", "whoami"),
    ("POST", "/api/repos/create", "create"),
    ("POST", "/api/validate-yaml", "validate"),
    ("GET", rf"/api/(?P<kind>models|spaces)/{REPOSITORY}(/revision/(?P<revision>.+))?", "info"),
    ("POST", rf"/api/(?P<kind>models|spaces)/{REPOSITORY}/preupload/(?P<revision>.+)", "preupload"),
    ("POST", rf"/api/(?P<kind>models|spaces)/{REPOSITORY}/commit/(?P<revision>.+)", "commit"),
    ("POST", rf"/api/spaces/{REPOSITORY}/variables", "variable"),
    ("POST", rf"/(spaces/)?{REPOSITORY}\.git/info/lfs/objects/batch", "batch"),
    ("PUT", "/lfs/(?P<key>[0-9a-f]+)", "put"),
    (("GET", "HEAD"), rf"/{REPOSITORY}/resolve/(?P<revision>[^/]+)/(?P<path>.+)", "resolve"),
]


@contextmanager
def serving() -> Iterator[Hub]:
    """A Hub that listens until the block ends."""
    hub = Hub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Serving", (Handler,), {"hub": hub}))
    server.daemon_threads, server.block_on_close = True, False
    hub.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def signed_in(hub: Hub, folder: Any, token: str = TOKEN) -> Iterator[None]:
    """Point this process's `huggingface_hub` at a Hub, with a token and an empty cache, and make it retry at once."""
    with pytest.MonkeyPatch.context() as patch:
        template = hub.url + "/{repo_id}/resolve/{revision}/{filename}"
        patch.setattr("huggingface_hub.constants.ENDPOINT", hub.url)
        patch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", template)
        patch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(folder))
        patch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", str(folder / "token"))
        for room in ("utils._http", "file_download"):
            patch.setattr(f"huggingface_hub.{room}.time", SimpleNamespace(sleep=lambda _: None, time=time.time))
        patch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)  # large files by LFS alone
        patch.setenv("HF_TOKEN", token)
        yield
