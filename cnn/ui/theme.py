"""How the page looks: Gradio's theme, and the style sheet that lays the page out. Every colour of the app is here.

One accent, the blue of fountain-pen ink; neutral greys beside it. System fonts, so that nothing is fetched.
"""

from pathlib import Path

from gradio import themes
from gradio.themes.utils.colors import Color

FONT = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")

INK = Color(
    c50="#eef2fd",
    c100="#dfe6fb",
    c200="#c3d0f7",
    c300="#a4b9f6",
    c400="#8aa8f8",
    c500="#4a6fdc",
    c600="#2a4fc4",
    c700="#2341a3",
    c800="#1f3783",
    c900="#1c2f69",
    c950="#121d43",
    name="ink",
)
GREY = Color(
    c50="#f5f6f8",
    c100="#eceff3",
    c200="#dde2e9",
    c300="#c2c9d4",
    c400="#97a1b0",
    c500="#6d7787",
    c600="#565f6e",
    c700="#2b323d",
    c800="#1c222b",
    c900="#151a21",
    c950="#0f1318",
    name="grey",
)

# What the page's own components use, in light and in dark.
NAMED = {
    "page": (GREY.c50, GREY.c950),
    "card": ("#ffffff", GREY.c900),
    "paper": ("#fdfdfe", GREY.c800),
    "well": (GREY.c100, "#222933"),
    "raised": ("#ffffff", "#343e4c"),
    "line": (GREY.c200, GREY.c700),
    "text": ("#18202c", "#e6eaf0"),
    "soft": (GREY.c600, "#9ba6b5"),
    "faint": (GREY.c400, "#5d6878"),
    "ink": (INK.c600, INK.c300),
    "for": (INK.c600, INK.c400),  # what speaks for a digit, or is positive
    "against": ("#b4540a", "#f0a35e"),
    # Networks in a chart, the first four told apart by colour-blind eyes too; a network keeps its colour (networks.js).
    "model-0": (INK.c600, INK.c400),
    "model-1": ("#b4540a", "#f0a35e"),
    "model-2": ("#0f766e", "#4fc3b0"),
    "model-3": ("#86358f", "#d08ad8"),
    "model-4": ("#a3173f", "#f28ba6"),
    "model-5": ("#4f6a12", "#a9c85c"),
    "model-6": ("#7a4a2b", "#cba583"),
    "model-7": ("#44576b", "#a9bbcd"),
    "bar": ("#7388c6", "#6478b0"),
    "mesh": ("rgb(20 30 50 / 0.07)", "rgb(255 255 255 / 0.05)"),
    "guide": ("#b5c5f3", "#3d4f80"),
    # Pictures of ink arrive light on dark, and are turned with what is behind them where the page is light.
    "ink-on-paper": ("invert(0.97)", "none"),
    "behind-ink": ("#13100c", "#222933"),
}


def _named(mode: int) -> str:
    return "".join(f"--{name}: {colours[mode]};" for name, colours in NAMED.items())


def _both(variable: str, name: str) -> dict[str, str]:
    light, dark = NAMED[name]
    return {variable: light, f"{variable}_dark": dark}


def _sheet(name: str) -> str:
    return (Path(__file__).parent / "web" / f"{name}.css").read_text(encoding="utf-8")


THEME = themes.Base(
    primary_hue=INK,
    secondary_hue=INK,
    neutral_hue=GREY,
    radius_size=themes.sizes.radius_lg,
    font=FONT,
    font_mono=MONO,
).set(
    **_both("body_background_fill", "page"),
    **_both("body_text_color", "text"),
    **_both("body_text_color_subdued", "soft"),
    **_both("background_fill_primary", "card"),
    **_both("background_fill_secondary", "well"),
    **_both("block_background_fill", "card"),
    **_both("block_border_color", "line"),
    **_both("block_label_text_color", "soft"),
    **_both("border_color_primary", "line"),
    **_both("link_text_color", "ink"),
    color_accent="var(--ink)",
    block_shadow="none",
    block_border_width="1px",
)

# Within Gradio's page, and thrice so: these rules win over Gradio's own whatever is loaded first.
PAGE = ".gradio-container" * 3
# What the wide components share, as specific as the style that Gradio scopes to one of them, and before it in the page.
WIDE = ":is(#wide, .wide)"
TURN = "@keyframes turn { to { transform: rotate(1turn); } }"  # no rule of another
CSS = "\n".join(
    [
        f":root {{ --round: 14px; {_named(0)} }}",
        f".dark {{ {_named(1)} }}",
        f"{PAGE} {{ {_sheet('theme')} }}",
        f"{WIDE} {{ {_sheet('panes')} {_sheet('matrix')} }}",
        TURN,
    ]
)
# Not as `css`: of that, the page that a browser makes and the one that Gradio's server makes differ.
HEAD = f"""<meta name="color-scheme" content="light dark">
<style>{CSS}</style>"""
