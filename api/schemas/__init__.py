"""What the outside sends and gets where it differs from the tables; strict, finite, bounded."""
