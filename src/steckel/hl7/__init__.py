"""HL7 version 2 as bytes: framing, messages, acknowledgements. No sockets, no clock."""
