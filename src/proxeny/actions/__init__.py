"""One function per thing a user does. Pure: what comes from outside is an argument."""
