"""All frozen data of the harness. No I/O, no behaviour beyond what the data itself says."""
