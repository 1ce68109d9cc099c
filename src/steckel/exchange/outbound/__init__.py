"""What goes out: from events to messages in queues, one queue for each destination.

The way: `queue` reads events, `sources` looks up what a message about one needs, `render` makes
it, the row in `deliveries` is durable; `courier` sends what waits, in order, one thread for a
destination.
"""
