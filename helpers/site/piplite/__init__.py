"""Takes the place of the browser kernel's installer in a site that brings everything and installs nothing.

The kernel imports an installer at every start, half a second of waiting for a thing that has nothing to install from.
"""

from .piplite import install

__all__ = ["install"]
