"""The Space's file: read the options, load the models, build the page, serve it."""

import argparse
import os
import threading

from cnn import process

if __name__ == "__main__":
    process.begin()  # before anything heavy is imported

from cnn.lab.trainings import Trainings
from cnn.mnist import Mnist, kept
from cnn.models import registry
from cnn.options import origin, whole_number
from cnn.task import DIGITS
from cnn.trials.collecting import Collector
from cnn.types import InputError
from cnn.ui.page import build_demo, launch_options
from train.data import mnist as files
from train.lab import worker


def options(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line; what it leaves out, variables decide: the app's own, DIGITS_*, and Gradio's, GRADIO_*."""
    parser = argparse.ArgumentParser(
        description="Draw or photograph a digit and see a convolutional network read it.",
        epilog="What is left out, variables say: DIGITS_MODEL, DIGITS_ALLOW_HUB=1, DIGITS_COLLECT=1, "
        "DIGITS_ALLOW_ORIGIN (with spaces between), DIGITS_TRUST_PROXY=1, and Gradio's GRADIO_SERVER_NAME, "
        "GRADIO_SERVER_PORT, GRADIO_SHARE, ...",
    )
    add, models = parser.add_argument, ", ".join(registry.bundled())
    add("--share", action="store_true", default=None, help="also serve through a public gradio.live link")
    add("--host", help="address to listen on (default: 127.0.0.1)")
    add("--port", type=whole_number(1, 65535), help="port to listen on (default: the first free one from 7860)")
    add(
        "--model",
        default=os.environ.get("DIGITS_MODEL") or registry.DEFAULT,
        help=f"what answers: {models}, a model's folder or file, or one on the Hugging Face Hub as owner/name@revision "
        f"(default: {registry.DEFAULT})",
    )
    add(
        "--allow-hub",
        action="store_true",
        default=_is_set("DIGITS_ALLOW_HUB"),
        help="visitors and scripts may name any public model on the Hub; each is checked before it is used",
    )
    add(
        "--collect",
        action="store_true",
        default=_is_set("DIGITS_COLLECT"),
        help="anyone may open a class in My tests, to which students hand in their test series by a code, under "
        "pseudonyms: kept in memory alone, never on disk, until the class is ended, the server stops, or an hour is "
        "over; read by the page alone that opened the class",
    )
    add(
        "--allow-origin",
        action="append",
        type=origin,
        metavar="ORIGIN",
        help="scripts in the pages of this other site may ask the app, as https://school.example; may be given again",
    )
    add(
        "--trust-proxy",
        action="store_true",
        default=_is_set("DIGITS_TRUST_PROXY") or "SPACE_ID" in os.environ,
        help="believe what X-Forwarded-Host says: only behind a proxy that sets it itself (a Space has one)",
    )
    chosen = parser.parse_args(arguments)
    if chosen.allow_origin is None:
        try:
            chosen.allow_origin = [origin(one) for one in os.environ.get("DIGITS_ALLOW_ORIGIN", "").split()]
        except argparse.ArgumentTypeError as error:
            parser.error(f"DIGITS_ALLOW_ORIGIN: {error}")
    return chosen


def _is_set(variable: str) -> bool:
    return os.environ.get(variable, "0").lower() not in ("", "0", "false", "no")


def main() -> None:
    """Serve until stopped."""
    chosen = options()
    try:
        models = registry.load_all(chosen.model, chosen.allow_hub)
    except InputError as error:
        raise SystemExit(str(error)) from None
    models["default"].prepare_answers((1,))
    of_digits = models["default"].task.is_like(DIGITS)
    mnist = Mnist(files.load, kept()) if of_digits else Mnist(None)
    demo = build_demo(models, mnist, Trainings(worker.COMMAND), Collector() if chosen.collect else None)
    where = {"share": chosen.share, "server_name": chosen.host, "server_port": chosen.port}
    try:
        demo.launch(prevent_thread_lock=True, **where, **launch_options(chosen.allow_origin, chosen.trust_proxy))
    except OSError:
        asked = " and ".join(f"--{name} {value}" for name in ("host", "port") if (value := getattr(chosen, name)))
        reason = "the port is taken, or the address is not this machine's"
        raise SystemExit(f"The app cannot listen at {asked or 'any port from 7860 on'}: {reason}.") from None
    # The page is served meanwhile; not before, for Gradio gives its own server three seconds to answer.
    threading.Thread(target=_complete, args=[models], daemon=True).start()
    mnist.start()
    demo.block_thread()


def _complete(models: registry.Models) -> None:
    """Fetch the model that was asked for, where it is on the Hub, and say so if it stays away; prepare the rest."""
    if models.expected:
        models.fetch_expected().join()
        print(f"{models.missing} {models.default} answers." if models.missing else f"{models.expected} answers.")
    models.prepare()
    process.settle()


if __name__ == "__main__":
    main()
