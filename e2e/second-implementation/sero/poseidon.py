"""Poseidon over F with parameters made by the Grain LFSR, and the domain constants (keys-and-notes.md, section 2)."""

from functools import lru_cache

from .field import R, inverse
from .integers import from_be

FULL_ROUNDS = 8
PARTIAL_ROUNDS = {2: 56, 3: 57, 4: 56, 5: 60, 6: 60}
BITS = 254


class Grain:
    """The 80-bit self-shrinking LFSR."""

    def __init__(self, width, partial_rounds):
        parts = [(1, 2), (0, 4), (BITS, 12), (width, 12), (FULL_ROUNDS, 10), (partial_rounds, 10), (2**30 - 1, 30)]
        self.state = [int(bit) for value, size in parts for bit in format(value, f"0{size}b")]
        for _ in range(160):
            self._step()

    def _step(self):
        s = self.state
        new = s[62] ^ s[51] ^ s[38] ^ s[23] ^ s[13] ^ s[0]
        self.state = s[1:] + [new]
        return new

    def _bit(self):
        while True:
            keep, bit = self._step(), self._step()
            if keep:
                return bit

    def number(self):
        x = 0
        for _ in range(BITS):
            x = 2 * x + self._bit()
        return x


@lru_cache(maxsize=None)
def parameters(width):
    grain = Grain(width, PARTIAL_ROUNDS[width])
    constants = []
    while len(constants) < width * (FULL_ROUNDS + PARTIAL_ROUNDS[width]):
        x = grain.number()
        if x < R:
            constants.append(x)
    xs = [grain.number() % R for _ in range(width)]
    ys = [grain.number() % R for _ in range(width)]
    return constants, [[inverse(x + y) for y in ys] for x in xs]


def poseidon(inputs):
    width = len(inputs) + 1
    constants, matrix = parameters(width)
    partial = PARTIAL_ROUNDS[width]
    state = [0, *inputs]
    for i in range(FULL_ROUNDS + partial):
        state = [x + constants[i * width + k] for k, x in enumerate(state)]
        full = i < FULL_ROUNDS // 2 or i >= FULL_ROUNDS // 2 + partial
        state = [pow(x, 5, R) if full or k == 0 else x for k, x in enumerate(state)]
        state = [sum(m * x for m, x in zip(row, state)) % R for row in matrix]
    return state[0]


def domain(text):
    return from_be(text.encode("ascii"))


D_ACCT = domain("SERO/acct")
D_OWNER = domain("SERO/owner")
D_INNER = domain("SERO/inner")
D_NOTE = domain("SERO/note")
D_NF = domain("SERO/nf")
D_NODE = domain("SERO/node")
D_ASSET = domain("SERO/asset")
D_RET = domain("SERO/ret")
D_SLOT = domain("SERO/slot")


def H(*inputs):
    return poseidon(list(inputs))
