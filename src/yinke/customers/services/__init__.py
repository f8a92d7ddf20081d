"""What can be done to customers; the only writers of this context."""
