"""The checks, one file a stage. A check reads like a conversation, and no longer than it must."""
