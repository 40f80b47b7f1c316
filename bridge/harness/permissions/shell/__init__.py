"""Shell commands read: which simple commands a text holds, and which of them are known to only read the workspace."""
