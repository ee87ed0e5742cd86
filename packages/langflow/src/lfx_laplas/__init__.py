"""laplas in Langflow: a model provider and four components, all on the gateway.

Langflow finds `extension.json` beside this file by the entry point `langflow.extensions`. Nothing here knows a rule of
the tier: the gateway decides, and what it says is put into words and statuses that Langflow understands.
"""
