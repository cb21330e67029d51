"""The rows above and below a screen: navigation, keys, status."""
