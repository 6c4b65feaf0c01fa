"""The command line. Results go to stdout, logs to stderr.

Exit codes: 0 done, 1 the work failed, 2 wrong usage or bad content.
"""

from __future__ import annotations

import logging
import sys

import typer

from callbot.commands import calls, measuring, models, site, stations
from callbot.errors import CallbotError, ConfigError, ContentError

app = typer.Typer(
    help="A voice agent that answers a city's non-emergency line, offline, on two CPU cores.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _command in (
    *(calls.demo, calls.serve, calls.chat, stations.understand, stations.transcribe, calls.dial),
    *(measuring.bench, measuring.evaluate, site.train, site.check, calls.replay),
):
    app.command()(_command)
app.add_typer(models.app, name="models")


def main() -> None:
    """Entry point: errors that callbot raises on purpose end in one clear sentence and their exit code."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    for noisy in ("httpx", "faster_whisper", "uvicorn", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        app()
    except (ContentError, ConfigError) as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except CallbotError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        # The reader of our output has seen enough.
        sys.stderr.close()
        sys.exit(1)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        sys.exit(130)
