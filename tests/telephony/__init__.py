"""Shared by the tests of telephony: the shipped dialect and the recorded exchanges."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from callbot.telephony.media_streams import Dialect

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "fixtures" / "media_streams"
TWILIO = Dialect.model_validate(yaml.safe_load((ROOT / "telephony/carriers/twilio.yaml").read_text(encoding="utf-8")))
WALL = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)


def recorded(name: str) -> list[dict[str, Any]]:
    """The lines of a recorded exchange."""
    return [json.loads(line) for line in (FIXTURES / name).read_text(encoding="utf-8").splitlines()]


def start_message(**parameters: str) -> str:
    """Twilio's start message with these custom parameters."""
    return json.dumps(
        {
            "event": "start",
            "sequenceNumber": "1",
            "streamSid": "MZ1",
            "start": {
                "streamSid": "MZ1",
                "callSid": "CA1",
                "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
                "customParameters": parameters,
            },
        }
    )


def media_message(payload: str) -> str:
    """Twilio's media message; `payload` should be base64."""
    return json.dumps({"event": "media", "streamSid": "MZ1", "media": {"track": "inbound", "payload": payload}})
