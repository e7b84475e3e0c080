"""Lockgate's components, each usable in a program of your own."""

from components.args import BlueGreenServiceArgs, RollingServiceArgs, ServiceArgs, SmokeTestArgs
from components.bluegreen import BlueGreenService
from components.rolling import RollingService

__all__ = [
    "BlueGreenService",
    "BlueGreenServiceArgs",
    "RollingService",
    "RollingServiceArgs",
    "ServiceArgs",
    "SmokeTestArgs",
]
