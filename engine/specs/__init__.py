"""The configuration of every kind of run, declared once.

A spec is a frozen value that survives JSON: forms, command line options, the
store and the jobs all read the same declaration. Fields are flat, so that
`--set epochs=20`, a form field and the stored JSON share their names.
"""
