"""The exception tree. Every error has an exit code, a closed code and says what to do next; none carries a value.

    IndelibleError
    ├── UsageError        2   wrong use: a bad plan, policy or option
    ├── InputError        3   the input cannot be read
    │   └── InputRefused  3   readable, and refused: a format, size or structure we do not redact
    ├── MissingError      4   a program or model is missing
    │   └── ModelMissing  4
    ├── OutputError       5   the output cannot be written
    └── ToolError         1   a foreign program crashed, lied or ran out of time

Messages never hold a path, a name, a pixel or a value read from a file: they end up in logs and JSON lines.
"""


class IndelibleError(Exception):
    """Base of every error of ours: `code` is closed and stable, `remedy` tells the user what to do next."""

    exit_code = 1

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(f"{message} {remedy}")
        self.code = code
        self.message = message
        self.remedy = remedy

    def __reduce__(self) -> tuple[type, tuple[str, str, str]]:
        return (type(self), (self.code, self.message, self.remedy))

    def to_dict(self) -> dict[str, str]:
        """The contract's ``error`` object."""
        return {"code": self.code, "message": self.message, "remedy": self.remedy}


class UsageError(IndelibleError):
    """Wrong use."""

    exit_code = 2


class InputError(IndelibleError):
    """The input cannot be read."""

    exit_code = 3


class InputRefused(InputError):
    """The input can be read and is refused, because its redaction could not be shown to hold."""


class MissingError(IndelibleError):
    """A program that is needed is not installed."""

    exit_code = 4


class ModelMissing(MissingError):
    """A detection model is not installed, or is not the one that is pinned."""


class OutputError(IndelibleError):
    """The output cannot be written; nothing stands under the final name."""

    exit_code = 5


class ToolError(IndelibleError):
    """A foreign program crashed, ran out of time or gave an answer that cannot be read."""


def internal_error() -> IndelibleError:
    """What is reported for an exception that is not ours: no traceback, no text of the exception."""
    return IndelibleError(
        "internal_error", "Something failed inside indelible.", "Please report it with `indelible doctor --json`."
    )
