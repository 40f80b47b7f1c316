"""Text as editors and disks hold it: forms, diffs, merges, places that move, and files written whole or not at all."""
