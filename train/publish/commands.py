"""The commands for what goes out: examples, readme, course, teach, export, publish and publish-space."""

import argparse
import json
import tempfile
from pathlib import Path

from cnn.files import write_whole
from cnn.inside.views import OWN_DIGITS
from cnn.lab.export import page
from cnn.lab.export_onnx import as_onnx
from cnn.models import registry
from cnn.text import FIRST, languages
from train.command import RUNS, Adding, command
from train.publish import card, examples, lesson, readme, space
from train.publish.hub import Published, publish


@command("examples")
def draw_examples(_: argparse.Namespace) -> None:
    """Draw the app's example digits into assets/examples, and its letters beside their network."""
    print(f"{examples.write_examples()} examples written to {examples.STROKES}")
    print(f"{examples.write_numbers()} numbers written to {examples.NUMBERS}")
    print(f"{examples.write_letters()} letters written to {examples.LETTERS}")
    print(f"{examples.write_digits()} digits written to {OWN_DIGITS}")


@command("readme")
def write_tables(_: argparse.Namespace) -> None:
    """Put the measured figures into README.md and docs/."""
    readme.write(readme.tables())


def _course_options(add: Adding) -> None:
    add("--again", action="store_true", help="run the solutions even where no code changed")


@command("course", _course_options)
def write_course(options: argparse.Namespace) -> None:
    """Write the course's notebooks from assets/course/cnn.py.

    Solutions whose code changed are run, for what their cells print: minutes. Needs MNIST (from the folder MNIST_DIR,
    else downloaded).
    """
    from train.publish import notebooks  # brings Jupyter, which no other command needs

    for path in notebooks.write(options.again):
        print(path)


def _teach_options(add: Adding) -> None:
    add(
        "--address",
        default=lesson.ADDRESS,
        metavar="LINK",
        help=f"where the class opens the app (default: {lesson.ADDRESS})",
    )
    add("--folder", type=Path, default=RUNS / "teach", help="where the pages go (default: runs/teach)")


@command("teach", _teach_options)
def print_lesson(options: argparse.Namespace) -> None:
    """Write the teacher's page and the observation sheet to be printed, with links to your app."""
    for path in lesson.print_pages(options.folder, options.address):
        print(path)


def _export_options(add: Adding) -> None:
    add("model", help="a bundled model's name, a run's folder, or a .keras file")
    add("folder", type=Path, help="where the files go")
    add("--language", choices=languages(), default=FIRST, help="the page's (default: %(default)s)")


@command("export", _export_options)
def export_model(options: argparse.Namespace) -> None:
    """Write a network as ONNX, and a page that runs it.

    Write a network that was trained for other programs: model.onnx, which gives logits, config.json, which says what
    they mean, and page.html, which holds the same network and a pad, and runs it in a browser by ONNX Runtime from a
    CDN.
    """
    found = registry.load(options.model)  # through the gate, which takes a closing softmax off
    network = as_onnx(found.model, found.task, found.temperature)
    write_whole(options.folder / "model.onnx", network)
    meaning = {"task": found.task.as_dict(), "calibration": {"temperature": found.temperature}}
    write_whole(options.folder / "config.json", json.dumps(meaning, ensure_ascii=False) + "\n")
    write_whole(options.folder / "page.html", page(network, options.language, found.task, found.temperature))
    print(f"model.onnx, config.json and page.html are in {options.folder}.")


def _publishing_options(add: Adding) -> None:
    add("--private", action="store_true", help="for its owner alone, where it is new")
    add("--dry-run", type=Path, metavar="FOLDER", help="write the same files into a folder instead")


def _publish_options(add: Adding) -> None:
    add("model", help="a bundled model's name, or a run's folder")
    add("repository", metavar="owner/name", help="where on the Hub")
    _publishing_options(add)


@command("publish", _publish_options)
def publish_run(options: argparse.Namespace) -> None:
    """Put a measured run on the Hugging Face Hub.

    Publish a run's weights, config and metrics, with a card whose figures and pictures come from them, in one commit;
    again, what changed. Needs a token: HF_TOKEN, or hf auth login.
    """
    run = registry.folder(options.model)
    if options.dry_run:
        card.assemble(run, options.repository, options.dry_run)
        print(f"Written to {options.dry_run}; nothing was published.")
        return
    with tempfile.TemporaryDirectory() as folder:
        card.assemble(run, options.repository, Path(folder))
        _say(publish(Path(folder), options.repository, private=options.private))


def _space_options(add: Adding) -> None:
    add("repository", metavar="owner/name", help="where on the Hub")
    add("--model", metavar="owner/name@revision", help="what answers, pinned to its commit (default: as app.py)")
    _publishing_options(add)


@command("publish-space", _space_options)
def publish_space(options: argparse.Namespace) -> None:
    """Put the app on the Hugging Face Hub.

    Publish the files that the app needs as a Gradio Space, in one commit. Creating one needs a paid plan. Needs a
    token: HF_TOKEN, or hf auth login.
    """
    model = space.pin(options.model) if options.model else None
    if options.dry_run:
        space.assemble(options.dry_run, model)
        print(f"Written to {options.dry_run}; nothing was published.")
        return
    with tempfile.TemporaryDirectory() as folder:
        space.assemble(Path(folder), model)
        _say(publish(Path(folder), options.repository, "space", options.private))
    if model:
        space.point_at(options.repository, model.name)


def _say(published: Published) -> None:
    what = "Published" if published.new else "Nothing had changed"
    print(f"{what}: {published.url} at commit {published.commit}")
