"""key-escrow once more, in plain Python, from the texts beside this folder and not from the Swift.

It is for comparing, not for use: Python cannot erase a secret, nor take the same time whatever a secret's bytes are.
"""
