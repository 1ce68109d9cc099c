"""The MLLP door: HL7 version 2 over TCP, with and without TLS."""
