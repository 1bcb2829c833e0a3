"""The black-box conformance suite of /scim/v2; README.md lists its cases."""
