"""The project's own reader behind an address of one's own: its framing, its honest probabilities, its abstentions."""

import itertools
import socket
import sys
from pathlib import Path
from typing import Annotated

sys.path.insert(0, str(Path(__file__).parents[3]))  # the project's folder

import uvicorn
from fastapi import FastAPI, File, Header, HTTPException
from fastapi.responses import FileResponse

from cnn.framing.decode import open_image
from cnn.models.registry import load
from cnn.reading.read import read_image
from cnn.text import preferred
from cnn.types import InputError

network = load("robust")  # or a folder of yours: load("runs/notebook")
server = FastAPI(title="Digit reader")


@server.get("/", include_in_schema=False)
def page() -> FileResponse:
    """A page that asks /read."""
    return FileResponse(Path(__file__).with_name("page.html"))


@server.post("/read")
def read(picture: Annotated[bytes, File()], accept_language: Annotated[str, Header()] = "") -> dict[str, object]:
    """What a picture shows: its class's name, null with a reason where there is none, and how sure that is."""
    try:
        _, found = read_image(network, open_image(picture))
    except InputError as error:  # no picture, or too large
        raise HTTPException(422, error.say(preferred(accept_language))) from None
    label = None if found.label is None else network.task.classes[found.label]
    return {"label": label, "confidence": round(found.confidence, 4), "reason": found.reason}


def taken(port: int) -> bool:
    """Whether another server answers there."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    port = next(port for port in itertools.count(8000) if not taken(port))
    uvicorn.run(server, host="127.0.0.1", port=port)
