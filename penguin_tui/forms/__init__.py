"""Forms made from the declared settings of a spec."""
