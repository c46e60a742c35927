"""Official crash files: read, understood, located on the network."""
