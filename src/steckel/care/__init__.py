"""Care of the archive: recovery, deletion, compaction, verification, a new index."""
