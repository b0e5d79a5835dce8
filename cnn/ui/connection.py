"""What the page does while its server does not answer: `HEAD` is for the page's head, before Gradio's own script."""

import json
from pathlib import Path

from cnn import text

WORDS = {language: {"page.lost": text.table(language)["page.lost"]} for language in text.LANGUAGES}
SCRIPT, STYLE = (
    (Path(__file__).parent / "web" / f"connection{suffix}").read_text(encoding="utf-8") for suffix in (".js", ".css")
)
HEAD = f"""<style>{STYLE}</style>
<script>{{ const WORDS = {json.dumps(WORDS, ensure_ascii=False)};
{SCRIPT} }}</script>"""
