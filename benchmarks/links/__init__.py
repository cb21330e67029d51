"""The program through a real sshd on a slow link: `python -m benchmarks.links`."""
