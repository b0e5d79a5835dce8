"""Firefox and WebKit as Debian has them, by the four commands of the W3C's WebDriver that a test of the page needs.

https://www.w3.org/TR/webdriver2. Playwright drives builds of its own, and Debian has no geckodriver for Selenium:
Firefox takes the commands through its own socket, WebKitGTK's browser through WebKitWebDriver, which speaks HTTP.
"""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

SECONDS = 60  # in which whatever is waited for has come
CAPABILITIES = {"timeouts": {"script": 1000 * SECONDS}}
WINDOW = (1440, 900)
PREFERENCES = {
    "marionette.port": 0,  # any free one, which it writes into its profile
    "intl.accept_languages": "en-US",
    "app.normandy.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
}
AWAIT = """
    const [condition, seconds] = arguments, end = Date.now() + 1000 * seconds;
    const holds = new Function(`return ${condition}`);
    return new Promise((done) => {
        const look = () => holds() ? done(true) : Date.now() > end ? done(false) : setTimeout(look, 30);
        look();
    });
"""


class Driver:
    """A browser with one window. `send` takes a command's name, as the standard has it, and its parameters."""

    def __init__(self, send: Callable[[str, dict[str, Any]], Any]):
        self._send = send
        send("Set Window Rect", {"width": WINDOW[0], "height": WINDOW[1]})

    def go(self, address: str) -> None:
        self._send("Navigate To", {"url": address})

    def run(self, script: str, *arguments: Any) -> Any:
        """What a function of this body returns within the page; a promise is waited for."""
        return self._send("Execute Script", {"script": script, "args": arguments})

    def until(self, condition: str) -> None:
        """Wait until a JavaScript expression holds."""
        assert self.run(AWAIT, condition, SECONDS / 2), f"never: {condition}"

    def draw(self, selector: str, points: Sequence[tuple[float, float]]) -> None:
        """One stroke of the mouse over an element, through these shares of its sides."""
        left, top, width, height = self.run(
            "const { x, y, width, height } = document.querySelector(arguments[0]).getBoundingClientRect();"
            "return [x, y, width, height];",
            selector,
        )
        moves = [
            {"type": "pointerMove", "duration": 0, "x": round(left + width * x), "y": round(top + height * y)}
            for x, y in points
        ]
        stroke = [moves[0], {"type": "pointerDown", "button": 0}, *moves[1:], {"type": "pointerUp", "button": 0}]
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": stroke}
        self._send("Perform Actions", {"actions": [mouse]})

    def click(self, selector: str) -> None:
        """A click of the mouse on the middle of an element."""
        self.draw(selector, [(0.5, 0.5)])


@contextmanager
def firefox(folder: Path) -> Iterator[Driver]:
    """Debian's, or whichever is installed, with a profile in `folder`, which is empty."""
    command = [_needs("firefox-esr", "firefox"), "--headless", "--no-remote", "--marionette", "--profile", str(folder)]
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items()]
    (folder / "user.js").write_text("".join(lines), encoding="utf-8")
    port = folder / "MarionetteActivePort"

    def heard() -> Any:
        length = iter(lambda: stream.read(1), b":")
        return json.loads(stream.read(int(b"".join(length))))

    def send(command: str, parameters: dict[str, Any]) -> Any:
        name = "Navigate" if command == "Navigate To" else command.replace(" ", "")
        message = json.dumps([0, 1, f"WebDriver:{name}", parameters]).encode()
        stream.write(b"%d:%b" % (len(message), message))
        stream.flush()
        error, said = heard()[2:]
        assert not error, error["message"]
        return said.get("value")

    with _started(command):
        where = ("127.0.0.1", int(_found(lambda: port.exists() and port.read_text())))
        with socket.create_connection(where, 2 * SECONDS) as connection, connection.makefile("rwb") as stream:
            heard()  # who it is
            send("New Session", CAPABILITIES)
            yield Driver(send)


PATHS = {
    "Navigate To": "url",
    "Execute Script": "execute/sync",
    "Perform Actions": "actions",
    "Set Window Rect": "window/rect",
}


@contextmanager
def webkit(folder: Path) -> Iterator[Driver]:
    """WebKitGTK's own small browser, on a screen that nobody sees; `folder` is its home."""
    driver, screen = _needs("WebKitWebDriver"), _needs("Xvfb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        where = free.getsockname()

    def ask(method: str, path: str, parameters: dict[str, Any] | None = None) -> Any:
        body = None if parameters is None else json.dumps(parameters).encode()
        request = urllib.request.Request(f"http://{where[0]}:{where[1]}/session{path}", body, method=method)
        try:
            with urllib.request.urlopen(request, timeout=2 * SECONDS) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from None

    def listens() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(where) == 0

    with _shown(screen) as display:
        env = {**os.environ, "DISPLAY": display, "HOME": str(folder), "LANGUAGE": "en_US"}
        with _started([driver, f"--port={where[1]}"], env=env):
            _found(listens)
            session = "/" + ask("POST", "", {"capabilities": {"alwaysMatch": CAPABILITIES}})["sessionId"]
            try:
                yield Driver(lambda command, parameters: ask("POST", f"{session}/{PATHS[command]}", parameters))
            finally:
                ask("DELETE", session)  # closes its window


BROWSERS = {"firefox": firefox, "webkit": webkit}
PACKAGES = {"WebKitWebDriver": "webkit2gtk-driver", "Xvfb": "xvfb"}


def _needs(name: str, *others: str) -> str:
    """Where a program is, under the first of its names that is known; where it is missing, the test is skipped."""
    for one in (name, *others):
        if path := shutil.which(one):
            return path
    pytest.skip(f"no {name}: apt-get install {PACKAGES.get(name, name)}, to try the page in another browser too")


@contextmanager
def _shown(screen: str) -> Iterator[str]:
    """The name of a display of an X server's that has no screen."""
    read, write = os.pipe()
    size = "x".join(map(str, WINDOW))
    command = [screen, "-displayfd", str(write), "-screen", "0", f"{size}x24", "-nolisten", "tcp"]
    with _started(command, pass_fds=[write]), os.fdopen(read) as number:
        os.close(write)  # so that none comes, rather than never, of a server that does not start
        yield f":{number.readline().strip()}"


@contextmanager
def _started(command: list[str], **options: Any) -> Iterator[None]:
    """A process that ends with the block, whatever becomes of that."""
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, **quiet, **options) as process:
        try:
            yield
        finally:
            process.terminate()


def _found(look: Callable[[], Any]) -> Any:
    """What `look` gives, once that is something."""
    deadline = time.monotonic() + SECONDS
    while not (found := look()):
        assert time.monotonic() < deadline, "the browser does not start"
        time.sleep(0.05)
    return found
