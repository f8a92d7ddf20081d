"""What can be done to segments: save, decide, close, refresh, upload, install."""
