"""What is made of messages that come: from text to statements, and nothing else.

`interpreter` stands at the door, `translation` picks who understands a type of message, one
module for each family makes statements of it. The rule: a statement has the moment at which
it was said and only what the message says, so that the order of arrival does not matter; a
value that cannot be used costs a warning, an identity or an order without a name costs the
message.
"""
