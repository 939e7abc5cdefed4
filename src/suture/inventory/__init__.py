"""Room 1: what we ship: establishments, products, releases, SBOM documents and their components."""
