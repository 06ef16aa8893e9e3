"""One exception for everything the documents say is refused."""


class Refused(Exception):
    def __init__(self, code, why=""):
        super().__init__(f"{code}: {why}" if why else code)
        self.code = code


def require(condition, code, why=""):
    if not condition:
        raise Refused(code, why)
