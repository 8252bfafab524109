"""The shared vocabulary: plain domain types, table rows and the root of the error tree. Imports nothing of ours."""
