"""Flows to import: `python -m lfx_laplas.flows` says where they are."""
