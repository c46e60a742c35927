"""The commands that work on areas, releases and files, one module per noun."""
