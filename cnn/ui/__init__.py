"""The page and the scripted API. With app.py, the only place that imports gradio."""
