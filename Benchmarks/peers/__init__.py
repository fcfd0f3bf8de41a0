"""Other engines, each behind the same few words; see ``worker``."""
