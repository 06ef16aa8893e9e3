"""The note tree: frontier, root, paths (tree-and-compact-blocks.md)."""

from .errors import require
from .field import R
from .integers import be, from_be
from .poseidon import D_NODE, H

DEPTH = 16
CAPACITY = 4**DEPTH


def node(children):
    return H(D_NODE, *children)


def empty_nodes():
    """Of levels 0 to 16."""
    nodes = [0]
    for _ in range(DEPTH):
        nodes.append(node([nodes[-1]] * 4))
    return nodes


EMPTY = empty_nodes()


class Frontier:
    def __init__(self):
        self.count = 0
        self.levels = [[] for _ in range(DEPTH + 1)]

    def append(self, leaves):
        require(self.count + len(leaves) <= CAPACITY, "tree/full")
        require(all(0 < leaf < R for leaf in leaves), "tree/leaf")
        self.count += len(leaves)
        added, level = list(leaves), 0
        while added:
            nodes = self.levels[level] + added
            whole = len(nodes) // 4 * 4 if level < DEPTH else 0
            self.levels[level] = nodes[whole:]
            added = [node(nodes[i : i + 4]) for i in range(0, whole, 4)]
            level += 1

    def root(self):
        if self.levels[DEPTH]:
            return self.levels[DEPTH][0]
        incomplete = None
        for level in range(DEPTH):
            children = self.levels[level] + ([incomplete] if incomplete is not None else [])
            if children:
                incomplete = node(children + [EMPTY[level]] * (4 - len(children)))
        return EMPTY[DEPTH] if incomplete is None else incomplete

    def encode(self):
        return be(self.count, 8) + b"".join(be(x, 32) for level in self.levels for x in level)

    @staticmethod
    def decode(data):
        require(len(data) >= 8, "tree/frontier")
        frontier, at = Frontier(), 8
        frontier.count = from_be(data[:8])
        require(frontier.count <= CAPACITY, "tree/frontier")
        for level in range(DEPTH + 1):
            for _ in range(frontier.count // 4**level % 4):
                x = from_be(data[at : at + 32])
                require(len(data) >= at + 32 and x < R, "tree/frontier")
                frontier.levels[level].append(x)
                at += 32
        require(at == len(data), "tree/frontier")
        return frontier


def path(leaves, index):
    """The three siblings of each level."""
    require(0 <= index < len(leaves), "tree/index")
    siblings, nodes = [], list(leaves)
    for level in range(DEPTH):
        nodes += [EMPTY[level]] * (-len(nodes) % 4)
        first = index // 4 * 4
        siblings.append([nodes[i] for i in range(first, first + 4) if i != index])
        nodes = [node(nodes[i : i + 4]) for i in range(0, len(nodes), 4)]
        index //= 4
    return siblings


def root_of_path(leaf, index, siblings):
    require(0 <= index < CAPACITY and len(siblings) == DEPTH, "tree/path")
    current = leaf
    for level, three in enumerate(siblings):
        position = index // 4**level % 4
        current = node([*three[:position], current, *three[position:]])
    return current
