"""The project's own reader behind an address of one's own: its framing, its honest probabilities, its abstentions."""

import sys
from pathlib import Path
from typing import Annotated

sys.path.insert(0, str(Path(__file__).parents[3]))  # the project's folder

import uvicorn
from fastapi import FastAPI, File, HTTPException
from fastapi.responses import FileResponse

from cnn.framing.decode import open_image
from cnn.models.registry import load
from cnn.reading.read import read_image
from cnn.types import InputError

network = load("robust")  # or a folder of yours: load("runs/notebook")
server = FastAPI(title="Digit reader")


@server.get("/", include_in_schema=False)
def page() -> FileResponse:
    """A page that asks /read."""
    return FileResponse(Path(__file__).with_name("page.html"))


@server.post("/read")
def read(picture: Annotated[bytes, File()]) -> dict[str, object]:
    """The digit in a picture: its label, None with a reason where there is none, and how sure that is."""
    try:
        _, found = read_image(network, open_image(picture))
    except InputError as error:  # no picture, or too large
        raise HTTPException(422, str(error)) from None
    return {"label": found.label, "confidence": round(found.confidence, 4), "reason": found.reason}


if __name__ == "__main__":
    uvicorn.run(server, host="127.0.0.1", port=8000)
