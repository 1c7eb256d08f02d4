"""Proof of delivery: real workers, killed, stopped, throttled and cut off.

`make chaos` runs it at full size. Every process and port is its own, on the loopback interface.
"""
