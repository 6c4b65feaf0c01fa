"""callbot: a voice agent for non-emergency lines. docs: README.md"""

import os

# numpy's OpenBLAS starts a thread a core, and after each product of matrices they wait spinning for some 30 ms. A
# telephone's sound gives products so small that one thread does them as fast; the spinning took a core from the
# recogniser. It must be said before numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
