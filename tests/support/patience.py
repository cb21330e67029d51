"""How long a test waits for what must come: others may be at work on the machine."""

# loading TensorFlow alone takes 18 s on a slow machine, and eight processes may be beside it
PATIENCE = 100.0
