"""The demo: sample feeds on loopback, so that the whole path can be seen without the internet."""
