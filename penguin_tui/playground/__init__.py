"""The playground: settings turned by keys, and what they do, at once."""
