"""Good and broken tokens, and what PyJWT and joserfc say of each.

The same seed and time give the same tokens, but for PS signatures, which are salted.
"""
