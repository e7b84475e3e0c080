#!/bin/sh
# Stands in while packages are installed: no service is started or registered by it.
exit 0
