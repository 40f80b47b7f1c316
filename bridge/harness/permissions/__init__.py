"""Permissions: pure policy over prepared subjects, and approvals as records."""
