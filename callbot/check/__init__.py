"""What one content file cannot tell about another: the cross-checks behind `callbot check`.

Each check yields findings: where in its file (keys and list indexes), and one sentence that says what to mend.
"""
