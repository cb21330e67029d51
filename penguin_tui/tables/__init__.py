"""Tables that several features use."""
