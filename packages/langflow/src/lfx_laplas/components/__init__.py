"""Folders of components, as `extension.json` names them."""
