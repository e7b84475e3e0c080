"""Short links: an address is kept under a code, and whoever asks for the code is sent to the address."""
