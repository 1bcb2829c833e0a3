"""Offers are seats: the same rows, the same ids."""

from stages.seat import RELATIONS, body, stage  # noqa: F401
