"""Files on disk, reached through folder descriptors and never outside the workspace."""
