pragma circom 2.1.6;

include "circomlib/circuits/poseidon.circom";
include "../domains.circom";
include "./range.circom";

// The children of a node's parent, in order: the node as number 2*high + low, its three siblings around it.
template Children() {
    signal input node;
    signal input siblings[3];
    signal input low;
    signal input high;
    signal output out[4];

    // With high = 0 they are (first pair, s1, s2), with high = 1 (s0, s1, last pair); `low` says which of its pair the node is.
    signal firstSwap <== low * (node - siblings[0]);
    signal lastSwap <== low * (node - siblings[2]);
    var first[4] = [node - firstSwap, siblings[0] + firstSwap, siblings[1], siblings[2]];
    var last[4] = [siblings[0], siblings[1], node - lastSwap, siblings[2] + lastSwap];
    for (var j = 0; j < 4; j++) {
        out[j] <== first[j] + high * (last[j] - first[j]);
    }
}

// node = H(D_NODE, c0, c1, c2, c3)
template TreeNode() {
    signal input children[4];
    signal output out <== Poseidon(5)([D_NODE(), children[0], children[1], children[2], children[3]]);
}

// The root of the 4-ary tree of the given depth in which `leaf` stands at the index that the path's bits spell, two a level, little-endian.
// `leafIndex` has no other source than those bits, so it is below 4^depth and belongs to this path only (attack A3).
template RootFromPath(depth) {
    signal input leaf;
    signal input bits[2 * depth];
    signal input siblings[depth][3];
    signal output root;
    signal output leafIndex;

    var index = 0;
    signal nodes[depth + 1];
    nodes[0] <== leaf;
    for (var level = 0; level < depth; level++) {
        var low = bits[2 * level];
        var high = bits[2 * level + 1];
        Boolean()(low);
        Boolean()(high);
        index += low * 4 ** level + high * 2 * 4 ** level;
        nodes[level + 1] <== TreeNode()(Children()(nodes[level], siblings[level], low, high));
    }
    root <== nodes[depth];
    leafIndex <== index;
}
