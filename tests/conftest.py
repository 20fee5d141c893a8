"""What all tests need of the process that they run in."""

import signal

# A shell starts background jobs with SIGINT ignored, and children inherit that: Ctrl-C could not be tried.
signal.signal(signal.SIGINT, signal.default_int_handler)
