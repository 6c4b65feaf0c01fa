"""callbot: a voice agent for non-emergency lines. docs: README.md"""

__version__ = "0.1.0"
