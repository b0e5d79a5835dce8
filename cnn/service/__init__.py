"""What the app answers: one pure function an endpoint or a view, named arguments in, a value out.

The scripted API and the page call these and nothing below; they know no Gradio and no format of the page's.
"""
