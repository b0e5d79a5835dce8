"""Uploads: what is accepted. Every file a visitor sends passes here.

Gradio alone lets an image component read a server's files when a path comes without `meta`, decodes `data:` URLs of any
size.
"""

from pathlib import Path
from typing import Any

import gradio as gr
import PIL.Image

from cnn.framing import decode
from cnn.types import InputError
from cnn.ui.compat import FileData, ImageData, ListFiles, is_uploaded

MAX_FILE_SIZE = "25mb"  # a phone's photo has 3 to 12
MAX_BATCH = 256  # images in one call
MAX_BATCH_PIXELS = 1_000_000_000  # in the images of one call, by what their files say
KEEP_SECONDS = 3600  # how long an uploaded file stays on the server
LOOK_SECONDS = 300  # how often those are looked for that have stayed so long
TAKEN = ("image.png", "image.jpeg")  # what Gradio's gr.Image calls the picture that a webcam took


class _Image(gr.Image):
    def get_block_name(self) -> str:
        """The browser's part is Gradio's own."""
        return "image"


class UploadedImage(_Image):
    """gr.Image whose value in Python is a decoded PIL image, checked by `decode.open_image`, or None."""

    def preprocess(self, payload: ImageData | None) -> PIL.Image.Image | None:
        """The image, opaque, 8 bits, upright. InputError for what is not an uploaded, readable image."""
        return None if payload is None else decode.open_image(uploaded(payload))


class MeasuredImage(_Image):
    """UploadedImage whose value is the image and the (width, height) of its file, or None.

    They differ where a large one was decoded at a fraction of its size.
    """

    def preprocess(self, payload: ImageData | None) -> Any:
        """The image, upright, and the size it was sent in, upright."""
        if payload is None:
            return None
        return tuple(decode.open_measured(uploaded(payload)))


class SourcedImage(_Image):
    """UploadedImage whose value is the image and whether it was "uploaded" or "photographed" here, or None."""

    def preprocess(self, payload: ImageData | None) -> Any:
        """The image, opaque, 8 bits, upright, and where it comes from: Gradio names what a webcam takes so."""
        if payload is None:
            return None
        return decode.open_image(uploaded(payload)), "photographed" if payload.orig_name in TAKEN else "uploaded"


class UploadedFiles(gr.File):
    """gr.File for several files whose value in Python is the list of their checked paths, not opened yet."""

    def __init__(self, **options: Any):
        super().__init__(file_count="multiple", **options)

    def get_block_name(self) -> str:
        """The browser's part is Gradio's own."""
        return "file"

    def preprocess(self, payload: ListFiles | FileData | None) -> list[str]:
        """Paths inside the upload folder, in the order sent. InputError for anything else."""
        files = [] if payload is None else payload.root if isinstance(payload, ListFiles) else [payload]
        if len(files) > MAX_BATCH:
            raise InputError("too_many_images", count=len(files), limit=MAX_BATCH)
        paths = [uploaded(file) for file in files]
        if (pixels := sum(map(decode.pixels, paths))) > MAX_BATCH_PIXELS:
            raise InputError("batch_pixels", count=pixels // 1_000_000, limit=MAX_BATCH_PIXELS // 1_000_000)
        return paths


def check_files(value: Any) -> None:
    """Every file that a value from outside names for Gradio to fetch, however deep it stands and whatever takes it.

    InputError for a web address, a path outside the upload folder, and an uploaded file that is there no longer.
    """
    if isinstance(value, dict) and "meta" in value and "path" in value:
        _check_path(value["path"])
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        check_files(one)


def uploaded(file: FileData | ImageData) -> str:
    """The path of a file that a visitor uploaded. InputError for a `data:` URL or a path outside the upload folder."""
    if (file.url or "").startswith("data:"):
        raise InputError("not_uploaded")
    return _check_path(file.path)


def _check_path(path: Any) -> str:
    try:
        if path and is_uploaded(path):
            if Path(path).is_file():
                return path
            raise FileNotFoundError
    except FileNotFoundError:
        raise InputError("gone") from None
    except (TypeError, ValueError, OSError):  # no text, a NUL within it, or longer than a path may be
        pass
    raise InputError("not_uploaded")
