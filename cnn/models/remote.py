"""A model in a Hugging Face repository: what it is called, and its files, kept for when there is no network.

Opens none of the files. What the Hub's client does alone when the Hub is away takes 23 seconds; here every question has
a limit of its own, and what was fetched before is found again at once.
"""

import re
from pathlib import Path
from typing import NamedTuple

import httpx2
from huggingface_hub import HfApi
from huggingface_hub.errors import (
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from cnn.types import InputError

SUFFIX = ".keras"
METADATA = ("config.json", "metrics.json")
MAX_FILE, MAX_METADATA = 50_000_000, 1_000_000  # bytes
SECONDS = 5  # the Hub has to begin an answer; its files are small
_NAME = re.compile(r"([\w-][\w.-]*/[\w-][\w.-]*)(?:@([\w-][\w./-]*))?", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}")


class Name(NamedTuple):
    """A repository, "owner/name", and which state of it: a branch, a tag or a commit."""

    repository: str
    revision: str

    @property
    def pinned(self) -> bool:
        """Whether it always means the same files."""
        return _COMMIT.fullmatch(self.revision) is not None


def parse(text: object) -> Name | None:
    """The `Name` in "owner/name" or "owner/name@revision", None for anything else."""
    found = _NAME.fullmatch(text) if isinstance(text, str) and len(text) <= 200 and ".." not in text else None
    return Name(found[1], found[2] or "main") if found else None


def named(text: str) -> Name:
    """The `Name` in a text that `parse` knows as one. InputError for anything else."""
    if (name := parse(text)) is None:
        raise InputError("hub_name", name=text[:80])
    return name


def fetch(name: Name, token: bool | None = None) -> Path:
    """The `.keras` file of a repository, its metadata beside it; from the Hub, or as kept when the Hub is away.

    With `token` False the repository is asked for without an account, None as whom the machine is signed in as.
    InputError: there is none, or it is too large, or the Hub is away and it was never fetched.
    """
    try:
        if name.pinned and (kept := cached(name)):
            return kept
        return _download(name, token)
    except (RepositoryNotFoundError, HFValidationError):
        raise InputError("hub_unknown", name=name.repository) from None
    except RevisionNotFoundError:
        raise InputError("hub_revision", name=name.repository, revision=name.revision) from None
    except (HfHubHTTPError, httpx2.HTTPError, OSError) as error:  # OSError: also what fails below HTTP
        if kept := cached(name):
            return kept
        code = error.response.status_code if isinstance(error, HfHubHTTPError) else None
        key = "hub_unknown" if code in (401, 403, 404) else "hub_busy" if code == 429 else "hub_away"
        raise InputError(key, name=name.repository) from None


def cached(name: Name) -> Path | None:
    """The `.keras` file as it was fetched before, without a network; None if it was not."""
    try:
        folder = HfApi().snapshot_download(name.repository, revision=name.revision, local_files_only=True)
    except (LocalEntryNotFoundError, HFValidationError, OfflineModeIsEnabled):
        return None
    return next(iter(sorted(Path(folder).glob("*" + SUFFIX))), None)


def _download(name: Name, token: bool | None) -> Path:
    hub = HfApi(token=token)
    found = hub.model_info(name.repository, revision=name.revision, timeout=SECONDS, files_metadata=True)
    sizes = {file.rfilename: file.size or 0 for file in found.siblings or []}
    weights = _weights(name, sizes)
    if sizes[weights] > MAX_FILE:
        raise InputError("model_large", name=name.repository, size=sizes[weights] // 1_000_000, limit=MAX_FILE // 10**6)
    wanted = [weights, *(one for one in METADATA if sizes.get(one, MAX_METADATA + 1) <= MAX_METADATA)]
    for file in reversed(wanted):  # the metadata first: weights that are kept have it beside them
        hub.hf_hub_download(name.repository, file, revision=found.sha, etag_timeout=SECONDS)
    # Once more by the name that was asked for, so that the cache knows which commit it meant: nothing is sent again.
    return Path(hub.hf_hub_download(name.repository, weights, revision=name.revision, etag_timeout=SECONDS))


def _weights(name: Name, files: dict[str, int]) -> str:
    """model.keras, or the one `.keras` file there is."""
    found = [file for file in files if file.endswith(SUFFIX) and "/" not in file]
    if "model.keras" in found:
        return "model.keras"
    if len(found) != 1:
        raise InputError("hub_no_model", name=name.repository, count=len(found))
    return found[0]
