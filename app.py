"""The Space's file: read the options, load the models, build the page, serve it."""

import argparse
import threading

import cnn.hub
import cnn.ui
import train.data
from cnn.mnist import Mnist
from cnn.types import InputError


def options(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line; what it leaves out, Gradio's GRADIO_* variables decide."""
    parser = argparse.ArgumentParser(
        description="Draw or photograph a digit and see a convolutional network read it.",
        epilog="Gradio's variables (GRADIO_SERVER_NAME, GRADIO_SERVER_PORT, GRADIO_SHARE, ...) hold otherwise.",
    )
    add, models = parser.add_argument, ", ".join(cnn.hub.bundled())
    add("--share", action="store_true", default=None, help="also serve through a public gradio.live link")
    add("--host", help="address to listen on (default: 127.0.0.1)")
    add("--port", type=int, help="port to listen on (default: the first free one from 7860)")
    add("--model", default=cnn.hub.DEFAULT, help=f"what answers: {models}, or a model's folder (default: %(default)s)")
    return parser.parse_args(arguments)


def main() -> None:
    """Serve until stopped."""
    chosen = options()
    try:
        models = cnn.hub.load_all(chosen.model)
    except InputError as error:
        raise SystemExit(str(error)) from None
    mnist = Mnist(train.data.load)
    demo = cnn.ui.build_demo(models, mnist)
    threading.Thread(target=models.prepare, daemon=True).start()  # the page is served meanwhile
    mnist.start()
    try:
        demo.launch(share=chosen.share, server_name=chosen.host, server_port=chosen.port, **cnn.ui.launch_options())
    except OSError as error:  # the port is taken, or the address is not this machine's
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
