"""The HL7 door: messages over TCP, framed (MLLP), plain and TLS."""
