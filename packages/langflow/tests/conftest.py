# Commands and servers of lfx do this at their start: settings are there from then on.
import lfx.services.initialize  # noqa: F401
