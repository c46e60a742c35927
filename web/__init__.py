"""What people see: values in, HTML, maps, tiles and PDF out."""
