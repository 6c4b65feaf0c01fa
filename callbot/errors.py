"""Everything callbot raises on purpose.

CallbotError
├── ContentError      the site (intents/, dialogs/, telephony/) has mistakes: staff must mend it    exit 2
├── ConfigError       an option or environment variable is wrong: the administrator must mend it    exit 2
├── ModelError        a model is missing, damaged or cannot be fetched                              exit 1
├── ProtocolError     the far end of a media socket broke the wire format: ends that call only
├── StoreError        the case store could not read or write
└── EngineError       a model raised or ran over its budget: becomes a StageFailed fact

"Not understood" and "nothing heard" are values, not errors.
"""


class CallbotError(Exception):
    """Base of all errors that carry one clear sentence for a person."""


class ContentError(CallbotError):
    """The site has mistakes.

    `mistakes` holds one printable line each: ``path:line: what is wrong and what to mend``.
    """

    def __init__(self, mistakes: list[str]) -> None:
        self.mistakes = mistakes
        super().__init__("\n".join(mistakes))


class ConfigError(CallbotError):
    """An option or environment variable is wrong."""


class ModelError(CallbotError):
    """A model is missing, damaged or cannot be fetched."""


class ProtocolError(CallbotError):
    """The far end of a media socket broke the wire format."""


class StoreError(CallbotError):
    """The case store could not read or write."""


class EngineError(CallbotError):
    """A model raised or ran over its budget."""
