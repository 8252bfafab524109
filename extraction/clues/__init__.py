"""What speaks for and against a value that was read: clues from the finished reading and the page around it. Pure.

Clues are numbers of about the size of one, so that one penalty fits all weights. They come in three layers that add up: of the
whole reading (`whole`), of a line (`line`), of the value itself (`value`).
"""
