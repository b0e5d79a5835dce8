"""How a refusal reads: whatever goes wrong, a visitor and a script get one sentence, in the language of the page.

What nobody expected is one general sentence; its trace stands in the log alone. `CheckedBlocks` sees to what handlers
and components raise, `HANDLERS` to what the routes around them do.
"""

import logging
from collections.abc import Iterator
from typing import Any

import gradio as gr
import orjson
import pydantic
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from cnn.text import say
from cnn.types import InputError
from cnn.ui.compat import API_PREFIX, FnIndexInferError, InvalidPathError
from cnn.ui.text import language_of
from cnn.ui.turns import FairBlocks
from cnn.ui.uploads import check_files

log = logging.getLogger(__name__)

# What Gradio's checks and components raise at a value of a type that they do not take.
OF_ANOTHER_TYPE = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError, gr.Error)
ASKED = tuple(f"{API_PREFIX}/{route}/" for route in ("run", "api", "call", "queue"))  # where endpoints are asked for


class CheckedBlocks(FairBlocks):
    """gr.Blocks whose handlers and components refuse with InputError: it reaches the visitor as one sentence.

    The sentence is in the language of the visitor's page; a script, which asks for none, gets English. Gradio's own
    refusals of a file or of a value turn into one too.
    """

    async def process_api(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """As gr.Blocks; gr.Error, the one error whose text Gradio sends, in place of any other."""
        try:
            return await super().process_api(*args, **kwargs)
        except Exception as error:
            refusal = _refusal(error)
        language = language_of(kwargs.get("request"))
        raise gr.Error(refusal.say(language), title=say("page.refused", language), print_exception=False)

    async def preprocess_data(self, block_fn: Any, inputs: list[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """As gr.Blocks. InputError where values are missing, or one is of another type than is taken."""
        names = ", ".join(map(_name, block_fn.inputs))
        if len(inputs) < len(block_fn.inputs):
            raise InputError("values", names=names, wanted=len(block_fn.inputs), count=len(inputs))
        try:
            # What cannot be written is not taken, for views repeat it: too deep, too large a number, half a sign.
            if b'"meta"' in orjson.dumps(inputs):
                check_files(inputs)
            return await super().preprocess_data(block_fn, inputs, *args, **kwargs)
        except Exception as error:
            if _known(error) or not isinstance(list(_causes(error))[-1], OF_ANOTHER_TYPE):
                raise
            raise InputError("value", names=names) from error


def _name(block: Any) -> str:
    label = getattr(block, "label", None)
    return label if isinstance(label, str) else block.get_block_name()  # the page's are markers of texts


def _refusal(error: Exception) -> InputError:
    """The sentence for whatever was raised; what is none of a visitor's doing goes into the log."""
    if known := _known(error):
        return known
    log.error("A request could not be answered.", exc_info=error)
    return InputError("unexpected")


def _known(error: BaseException) -> InputError | None:
    """The refusal among an error and what it came from."""
    for one in _causes(error):
        if isinstance(one, InputError):
            return one
        if isinstance(one, InvalidPathError | pydantic.ValidationError):
            return InputError("not_uploaded")
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


# ------------------------------------------------------------------------------------------------------------- routes


def _unreadable(request: Request, _: Exception) -> JSONResponse:
    return _sentence(request, InputError("body" if _asks(request) else "turned_away"), 422)


def _unknown(request: Request, error: Exception) -> JSONResponse:
    """Gradio looks endpoints up by what was sent, and finds none."""
    if not _asks(request):
        return _failed(request, error)
    return _sentence(request, InputError("no_endpoint", address=f"{API_PREFIX}/info"), 404)


def _misfit(request: Request, error: Exception) -> JSONResponse:
    """Gradio puts values that come by name in their order, and one is missing, or of no known name."""
    return _unreadable(request, error) if _asks(request) else _failed(request, error)


def _asks(request: Request) -> bool:
    """Whether an endpoint is asked for: whatever its handler raises never gets here."""
    return f"{request.url.path}/".startswith(ASKED)


def _turned_away(request: Request, error: Any) -> JSONResponse:
    keys = {404: "no_address", 405: "no_address", 413: "too_large", 503: "busy"}
    key = keys.get(error.status_code, "turned_away")
    if _asks(request):  # whose body Gradio cannot read, or who passes the queue by
        key = {400: "body", 404: "queued"}.get(error.status_code, key)
    return _sentence(request, InputError(key, address=f"{API_PREFIX}/call"), error.status_code, error.headers)


def _failed(request: Request, error: Exception) -> JSONResponse:
    return _sentence(request, _refusal(error), 500)


def _sentence(request: Request, refusal: InputError, status: int, headers: Any = None) -> JSONResponse:
    """As FastAPI's and as Gradio's refusals both: its clients read one or the other."""
    sentence = refusal.say(language_of(request))
    return JSONResponse({"detail": sentence, "error": sentence}, status, headers)


HANDLERS: dict[Any, Any] = {  # for FastAPI's `exception_handlers`
    RequestValidationError: _unreadable,
    HTTPException: _turned_away,
    FnIndexInferError: _unknown,
    KeyError: _unknown,
    TypeError: _misfit,
    Exception: _failed,
}
