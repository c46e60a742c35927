"""A table that grows in a file, batch by batch, and goes on after an interruption."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

JOB = b"job"


class PartFile:
    """Batches one after the other, in Arrow's stream format; whole batches count, nothing else.

    `job` names what the batches are answers to. `rows` is how many were there already; `is_new`
    says that another job's were thrown away.
    """

    def __init__(self, path: Path, schema: pa.Schema, job: str) -> None:
        self.path = path
        self._schema = schema.with_metadata({JOB: job.encode()})
        self.rows = 0
        self.is_new = False
        end = self._find_end() if path.exists() else 0
        if not end:
            self.is_new = path.exists()
            path.write_bytes(self._schema.serialize())
        else:
            with path.open("r+b") as file:
                file.truncate(end)

    def append(self, table: pa.Table) -> None:
        """Add the rows as one batch."""
        (batch,) = table.combine_chunks().to_batches() or [self._empty()]
        with self.path.open("ab") as file:
            file.write(batch.serialize())
        self.rows += batch.num_rows

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the batches in the order in which they were added."""
        with pa.OSFile(str(self.path)) as file:
            yield from pa.ipc.open_stream(file)

    def remove(self) -> None:
        """Throw the file away."""
        self.path.unlink(missing_ok=True)

    def _empty(self) -> pa.RecordBatch:
        return pa.RecordBatch.from_pylist([], schema=self._schema)

    def _find_end(self) -> int:
        """Return where the last whole batch ends; 0 if the file is of another job."""
        end = 0
        with pa.OSFile(str(self.path)) as file:
            try:
                found = pa.ipc.read_schema(pa.ipc.read_message(file))
                if not found.equals(self._schema, check_metadata=True):
                    return 0
                while True:
                    end = file.tell()
                    batch = pa.ipc.read_record_batch(pa.ipc.read_message(file), self._schema)
                    self.rows += batch.num_rows
            except (EOFError, OSError, pa.ArrowException):
                # Cut off within a batch: that batch is matched again.
                return end
