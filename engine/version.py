"""The version of this program, read by the build and shown to people."""

__version__ = "0.5.0"
