"""The SERO protocol's encodings, written from docs/protocol only. Standard library, no cleverness, not constant time."""
