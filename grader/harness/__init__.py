"""What a check holds in its hands: the server, scripted clients, the protocol's functions."""
