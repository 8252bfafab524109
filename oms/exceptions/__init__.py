"""What went wrong with orders, and who sees to it. The door for all rooms of the OMS core."""

from oms.exceptions.service import close_exception, open_exception

__all__ = ["close_exception", "open_exception"]
