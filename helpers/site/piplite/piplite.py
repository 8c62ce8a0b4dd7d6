"""The part of the installer that the kernel touches."""

# The kernel sets these two; there is no index to switch off and no address to look at.
_PIPLITE_DISABLE_PYPI = True
_PIPLITE_URLS: list[str] = []

SENTENCE = (
    "Nothing can be installed in this edition: it works without a network and brings all that the course needs. "
    "To use other packages, open the course on a computer, or ask for the full edition."
)


async def install(requirements=(), keep_going=False, **options):
    """Say that nothing can be installed here."""
    print(SENTENCE)
