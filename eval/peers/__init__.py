"""Other programs and models as systems of the harness. None is imported before it is asked for.

The extra `peers` installs what they need: `pip install "story-qa[peers]"`.
"""
