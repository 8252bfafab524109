"""Papers we print: PDF with the fonts of every script, from plain data."""
