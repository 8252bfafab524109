"""Writes a form as a native PDF: fonts, a sheet that collects words and shapes, header zones, the line table, totals."""
