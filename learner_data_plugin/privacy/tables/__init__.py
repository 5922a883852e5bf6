"""Tables that people bring along, read row by row and written again with other columns."""
