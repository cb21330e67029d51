"""Programs that are copied into bundles, and what they share with this one."""
