"""The command line: `python -m train fit | mix | record | evaluate | measure | sweep | readme | publish ...`."""

import argparse
import sys

from cnn.types import UserError

try:
    from train.command import COMMANDS
    from train.fit import commands as _fit  # noqa: F401  # each wing enters its commands
    from train.measure import commands as _measure  # noqa: F401
    from train.publish import commands as _publish  # noqa: F401
except ModuleNotFoundError as error:  # for those who run the app alone
    name = (error.name or "").partition(".")[0]
    sys.exit(f"{name} is missing: pip install -r train/requirements.txt installs what these commands need.")

GROUPS = {"measure": "Measure one part of the reader."}  # of commands of two words, by the first


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit status is 0 when done, 1 with one sentence on stderr, 130 when stopped by Ctrl-C."""
    options = parser().parse_args(arguments)
    try:
        return options.run(options) or 0
    except UserError as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(f"{error.filename}: {error.strerror}." if error.filename else error, file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


def parser() -> argparse.ArgumentParser:
    """The command line's, made of the table of commands."""
    made = argparse.ArgumentParser(prog="python -m train", description="Train and measure the networks.")
    parsers = {"": made.add_subparsers(required=True, metavar="command")}
    for command in COMMANDS:
        group = command.name.rpartition(" ")[0]
        if group not in parsers:
            within = parsers[""].add_parser(group, help=GROUPS[group], description=GROUPS[group])
            parsers[group] = within.add_subparsers(required=True, metavar="part")
        command.enter(parsers[group])
    return made


if __name__ == "__main__":
    sys.exit(main())
