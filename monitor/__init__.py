"""newsmonitor: watches news feeds against hand-edited rules and tells people, once per story."""

__version__ = "0.1.0"
