"""What we use of Gradio's insides, which may change without notice: here alone, and held by tests/test_compat.py."""

from gradio import utils
from gradio.data_classes import FileData, ImageData, ListFiles
from gradio.exceptions import InvalidPathError
from gradio.i18n import I18nData
from gradio.route_utils import API_PREFIX, FnIndexInferError

__all__ = [
    "API_PREFIX", "FileData", "FnIndexInferError", "I18nData", "ImageData", "InvalidPathError", "ListFiles",
    "is_uploaded",
]  # fmt: skip


def is_uploaded(path: str) -> bool:
    """Whether a file lies in the folder where Gradio keeps what visitors upload."""
    return utils.is_in_or_equal(path, utils.get_upload_folder())
