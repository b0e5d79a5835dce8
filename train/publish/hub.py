"""A folder -> a repository on the Hugging Face Hub, in one commit or not at all. Every failure is one sentence.

The files travel first and belong to nothing; the commit, the last request, makes them the repository's. So an upload
that breaks off leaves the repository as it was. (`HfApi.upload_folder` may split a folder over several commits.)
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple

import httpx2
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, get_token
from huggingface_hub.errors import HfHubHTTPError, HFValidationError

from cnn.types import UserError

Kind = Literal["model", "space"]
OURS = {
    "model": "model.keras",
    "space": "cnn/models/registry.py",
}  # tells a repository of ours from another of the same name
KEPT = {".gitattributes"}  # the Hub's own


class PublishError(UserError):
    """Nothing was published; the text says why, and what to do."""


class Published(NamedTuple):
    """A repository's address, the commit it is at, and whether that commit is new: it is not where nothing changed."""

    url: str
    commit: str
    new: bool


def publish(folder: Path, repository: str, kind: Kind = "model", private: bool = False) -> Published:
    """Bring the files of a folder into the repository "owner/name", made if it is not there.

    Who does it, the token says that HF_TOKEN or `hf auth login` gave. A Space then holds those files alone; a model's
    other files stay, but for old pictures. PublishError says what failed.
    """
    hub = signed_in()
    with one_sentence(repository):
        hub.whoami()
        sdk: dict[str, Any] = {"space_sdk": "gradio"} if kind == "space" else {}
        url = hub.create_repo(repository, repo_type=kind, private=private or None, exist_ok=True, **sdk)
        before: Any = hub.repo_info(repository, repo_type=kind)
        there = {file.rfilename for file in before.siblings or []} - KEPT
        _check_ours(repository, kind, there, private and not before.private)
        files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
        old = [name for name in sorted(there - files.keys()) if kind == "space" or name.startswith("pictures/")]
        made = hub.create_commit(  # the client leaves out what is the same, and makes no commit of nothing
            repository,
            [*(CommitOperationAdd(*file) for file in files.items()), *map(CommitOperationDelete, old)],
            repo_type=kind,
            commit_message=f"Publish {repository.split('/')[-1]}",
            parent_commit=before.sha,
        )
        return Published(str(url), made.oid, made.oid != before.sha)


def signed_in() -> HfApi:
    """The Hub as the one whose token this machine has. PublishError without one."""
    if not get_token():
        raise PublishError("There is no token for the Hub: set HF_TOKEN, or sign in with: hf auth login")
    return HfApi()


@contextmanager
def one_sentence(repository: str, state: str = "") -> Iterator[None]:
    """Turn what the Hub's client raises within the block into PublishError; `state` says what is published then."""
    try:
        yield
    except PublishError:
        raise
    except HFValidationError:
        raise PublishError(f'A repository is called "owner/name"; "{repository}" is not.') from None
    except (HfHubHTTPError, httpx2.HTTPError, OSError, RuntimeError) as error:  # the last two: below HTTP, and uploads
        if status := _status(error):
            raise PublishError(f"{_refusal(status, repository)} {state or 'Nothing was published.'}") from error
        state = state or "Nothing is published by half."  # the answer to the commit may be what was lost
        raise PublishError(f"The Hub cannot be reached, or the connection broke off; try again. {state}") from error


def _status(error: BaseException | None) -> int | None:
    """The Hub's answer that is behind an error, if one is."""
    if error is None or isinstance(error, HfHubHTTPError):
        return error and error.response.status_code
    return _status(error.__cause__)


def _refusal(status: int, repository: str) -> str:
    tokens = "huggingface.co/settings/tokens"
    sentences = {
        401: f"The Hub does not accept this token; make one at {tokens} and set HF_TOKEN, or run: hf auth login",
        402: f"The Hub asks for a paid plan to make {repository}; creating a Gradio Space needs one.",
        403: f"This token may not write to {repository}: the name is another's, or the token only reads ({tokens}).",
        404: f"The Hub knows no {repository}, or hides it from this token.",
        409: f"{repository} is taken, or someone else was changing it; publish again, or choose another name.",
        412: f"Someone else changed {repository} meanwhile; publish again.",
        429: "The Hub takes no more requests for now; try again in a few minutes.",
    }
    return sentences.get(status, f"The Hub failed ({status}); try again later.")


def _check_ours(repository: str, kind: Kind, there: set[str], bare: bool) -> None:
    if there - {"README.md"} and OURS[kind] not in there:
        raise PublishError(f"{repository} is taken: it holds something else ({min(there)}, ...); choose another name.")
    if bare:
        raise PublishError(
            f"{repository} is there already, and public; make it private on the Hub, or leave --private."
        )
