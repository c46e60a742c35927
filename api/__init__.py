"""What the outside touches: HTTP, storage, jobs and the command line."""

import os

# Before numpy is loaded: our matrices are small, and the second thread of OpenBLAS mostly spins.
# On two cores the sums of a release take half the processor time with one, and a lesson beside
# them keeps a core.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
