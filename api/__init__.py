"""What the outside touches: HTTP, storage, jobs and the command line."""
