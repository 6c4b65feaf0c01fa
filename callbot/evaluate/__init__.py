"""How well callbot understands: on the site's own held-out utterances, read and heard, and on public benchmarks."""
