"""Uploads and refusals: what is accepted, and how a refusal reads. Every file a visitor sends passes here.

Gradio alone lets an image component read a server's files when a path comes without `meta`, decodes `data:` URLs of any
size, and answers a malformed input without a sentence.
"""

from typing import Any

import gradio as gr
import PIL.Image
import pydantic

from cnn.framing import decode
from cnn.text import say
from cnn.types import InputError
from cnn.ui.compat import FileData, ImageData, InvalidPathError, ListFiles, is_uploaded
from cnn.ui.text import language_of

MAX_FILE_SIZE = "25mb"  # a phone's photo has 3 to 12
MAX_BATCH = 256  # images in one call
KEEP_SECONDS = 3600  # how long an uploaded file stays on the server
TAKEN = ("image.png", "image.jpeg")  # what Gradio's gr.Image calls the picture that a webcam took


class CheckedBlocks(gr.Blocks):
    """gr.Blocks whose handlers and components refuse with InputError: it reaches the visitor as one sentence.

    The sentence is in the language of the visitor's page; a script, which asks for none, gets English. Gradio's own
    refusals of a file turn into one too. Every other exception stays hidden, as Gradio has it.
    """

    async def process_api(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """As gr.Blocks; gr.Error, the one error whose text Gradio sends, in place of a refusal."""
        try:
            return await super().process_api(*args, **kwargs)
        except Exception as error:
            if (refusal := _refusal(error)) is None:
                raise
            language = language_of(kwargs.get("request"))
            title = say("page.refused", language)
            raise gr.Error(refusal.say(language), title=title, print_exception=False) from None


def _refusal(error: BaseException | None) -> InputError | None:
    if error is None or isinstance(error, InputError):
        return error
    if isinstance(error, InvalidPathError | pydantic.ValidationError):
        return InputError("not_uploaded")
    return _refusal(error.__cause__)


class _Uploads:
    """A component that reads uploaded files alone: no web address is fetched for a visitor."""

    async def async_move_resource_to_block_cache(self, url_or_file_path: Any) -> str | None:
        """As Gradio's, for files that are on this server already."""
        if url_or_file_path is not None and "://" in str(url_or_file_path):
            raise InputError("not_uploaded")
        gradios: Any = super()
        return await gradios.async_move_resource_to_block_cache(url_or_file_path)


class _Image(_Uploads, gr.Image):
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


class UploadedFiles(_Uploads, gr.File):
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
        return [uploaded(file) for file in files]


def uploaded(file: FileData | ImageData) -> str:
    """The path of a file that a visitor uploaded. InputError for a `data:` URL or a path outside the upload folder."""
    if not file.path or (file.url or "").startswith("data:"):
        raise InputError("not_uploaded")
    if not is_uploaded(file.path):
        raise InputError("not_uploaded")
    return file.path
