"""What runs inside the jail: the only code of the kit that shares a process with a submission."""
