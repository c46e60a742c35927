"""What the program does, one module per verb, shared by HTTP, command line and worker."""
