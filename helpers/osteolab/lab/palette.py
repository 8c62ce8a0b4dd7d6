"""The colours of the lab, light and dark, each checked for contrast and for colour vision.

The same values stand in static/lab.css as variables; a test keeps the two together.
"""

from __future__ import annotations

LIGHT = {
    "surface": "#FFFFFF",
    "well": "#F4F6F8",
    "line": "#D5DAE1",
    "track": "#C9CFD7",
    "ink": "#1B2430",
    "ink2": "#4B5563",
    "ink3": "#5E6875",
    "accent": "#1F5FA8",
    "on-accent": "#FFFFFF",
    "control": "#7C8794",
    "resorption": "#C2471A",
    "formation": "#1F6FBF",
    "bmd": "#1B2430",
    "pinned": "#767F8C",
    "edge": "#80868F",
    "uncertainty": "#34445C",
    "low": "#FCF7EB",
    "osteoporosis": "#F6E8CD",
    "limit": "#8A7037",
    "usual": "#4E9186",
    "young": "#4B5563",
    "right": "#0B6E5B",
    "bad": "#A63A10",
}
DARK = {
    "surface": "#1B1F26",
    "well": "#252A33",
    "line": "#3A424E",
    "track": "#4A5361",
    "ink": "#EEF1F5",
    "ink2": "#BCC5D1",
    "ink3": "#9DA8B7",
    "accent": "#7DB7F5",
    "on-accent": "#10243A",
    "control": "#8793A3",
    "resorption": "#FF8F63",
    "formation": "#62B0F4",
    "bmd": "#F4F6F9",
    "pinned": "#97A2B1",
    "edge": "#7D8794",
    "uncertainty": "#C9D3E0",
    "low": "#2C2920",
    "osteoporosis": "#403821",
    "limit": "#B39A5C",
    "usual": "#4C978B",
    "young": "#BCC5D1",
    "right": "#55D0B5",
    "bad": "#FF9B75",
}
# How strongly the uncertainty of the density is tinted: more on a dark ground, where a tint is weaker.
UNCERTAINTY_TINT = {False: 0.16, True: 0.22}


def colours(dark: bool) -> dict[str, str]:
    """Return the palette of a theme by role."""
    return DARK if dark else LIGHT


def tint(colour: str, share: float) -> str:
    """Return a colour with an opacity, as `rgba(...)`."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share})"
