"""The core: frozen values, ports, pure policy, the turn loop. It knows no wire and no editor."""
