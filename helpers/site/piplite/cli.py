"""What `%pip` in a cell is turned into."""

from .piplite import SENTENCE


async def get_transformed_code(argv):
    """Return the code that runs in place of a pip command."""
    return f"print({SENTENCE!r})"
