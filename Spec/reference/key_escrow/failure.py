"""How this implementation says no."""


class Failure(Exception):
    """A refusal: `kind` is a class of vectors/README.md, which other implementations share; `detail` is for people."""

    def __init__(self, kind, detail=""):
        super().__init__(f"{kind}: {detail}" if detail else kind)
        self.kind, self.detail = kind, detail


def require(condition, kind, detail=""):
    if not condition:
        raise Failure(kind, detail)
