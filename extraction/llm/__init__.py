"""A language model as one more witness, for what all others left unsure. It may suggest; it decides nothing.

`needs` says what is unsure, `paper` and `frame` make the question, `answer` takes the reply apart, `ground` and `claims` find
what it claims on the page again, `weigh` adds that to the reading; all pure and, as all that handles a sender's words, run behind
the wall (`entry`). `client` and `budget` ask over the network in the parent; `service` puts them in order.
"""
