"""The components of the palette."""
