"""What the XML order formats share: leaves as segments, look-ups by path, delivery periods."""
