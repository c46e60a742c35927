"""What is true: pure analysis of networks, routes and ratings."""
