"""Lockgate's own Pulumi resources: the steps of a release that no other provider has.

``resources`` is the side of the program; the rest runs in the plugin ``pulumi-resource-lockgate``.
"""

PACKAGE = "lockgate"
VERSION = "0.1.0"
