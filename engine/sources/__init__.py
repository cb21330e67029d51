"""From a file to the text of a table: a quick, bounded look at how it is packed and written.

Without any heavy library, so that a form can offer the columns and a run can be
refused before the engine has loaded anything.
"""
