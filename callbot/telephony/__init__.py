"""How calls come in: decoding what carriers send, serving their sockets, and a caller for rehearsals.

The top-level folder `telephony/` is content (numbers, carriers, dialplans); this package is the code.
"""
