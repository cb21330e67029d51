"""The Compare screen: runs side by side."""
