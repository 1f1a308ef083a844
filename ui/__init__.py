"""The Gradio chat: asking one story in the browser, with the story beside the answers."""
