"""The font of the lab and its colours, light and dark, each checked for contrast and for colour vision.

The page gets them as CSS variables (`osteolab.lab.page.tokens`), plotly gets them from here; they stand nowhere else.
"""

from __future__ import annotations

FONT = '-apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'

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
    "plan-a": "#1B2430",
    "plan-b": "#8B4BC2",
    "plan-c": "#0A806B",
    "plan-d": "#A66700",
    "plate": "#5A5D62",
    "rod": "#A8823C",
    "thin": "#D5DAE1",
    "lost-pale": "#F0895A",
    "old-bone": "#E8DDC4",
    "old-line": "#D3C5A3",
    "bone-edge": "#8A7037",
    "new-bone": "#B5D0EC",
    "osteoid": "#E4F0FB",
    "marrow": "#FCF6F2",
    "fat": "#EFE3DB",
    "nucleus-r": "#FFE2D4",
    "nucleus-f": "#DCEBFA",
    "lining": "#6B7684",
    "cyte": "#5A4A2A",
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
    "plan-a": "#F4F6F9",
    "plan-b": "#C79BF5",
    "plan-c": "#3CC9AC",
    "plan-d": "#E9B04B",
    "plate": "#8C9096",
    "rod": "#D9B873",
    "thin": "#3A424E",
    "lost-pale": "#C8704C",
    "old-bone": "#665D49",
    "old-line": "#7A7058",
    "bone-edge": "#B39A5C",
    "new-bone": "#3D6288",
    "osteoid": "#22384F",
    "marrow": "#241F1F",
    "fat": "#352D2C",
    "nucleus-r": "#7A2C10",
    "nucleus-f": "#123E66",
    "lining": "#A4AEBB",
    "cyte": "#F0E4C4",
}
# How the lines of plans A to D differ beside their colour: dash and marker of plotly.
PLANS = (
    ("plan-a", "solid", "circle"),
    ("plan-b", "7px,3px", "square"),
    ("plan-c", "2px,3px", "diamond"),
    ("plan-d", "9px,3px,2px,3px", "triangle-up"),
)
# How strongly the uncertainty of the density is tinted: more on a dark ground, where a tint is weaker.
UNCERTAINTY_TINT = {False: 0.16, True: 0.22}


def colours(dark: bool) -> dict[str, str]:
    """Return the palette of a theme by role."""
    return DARK if dark else LIGHT


def tint(colour: str, share: float) -> str:
    """Return a colour with an opacity, as `rgba(...)`."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share})"
