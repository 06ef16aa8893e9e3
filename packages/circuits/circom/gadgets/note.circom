pragma circom 2.1.6;

include "circomlib/circuits/poseidon.circom";
include "../domains.circom";

// H(domain, x...) of the protocol is circomlib's Poseidon with the domain's constant as first input (section 2).

// acct = H(D_ACCT, A.x, A.y, nk)
template AccountTag() {
    signal input A[2];
    signal input nk;
    signal output out <== Poseidon(4)([D_ACCT(), A[0], A[1], nk]);
}

// ownerTag = H(D_OWNER, acct, d)
template OwnerTag() {
    signal input acct;
    signal input d;
    signal output out <== Poseidon(3)([D_OWNER(), acct, d]);
}

// inner = H(D_INNER, ownerTag, rho)
template Inner() {
    signal input ownerTag;
    signal input rho;
    signal output out <== Poseidon(3)([D_INNER(), ownerTag, rho]);
}

// cm = H(D_NOTE, inner, asset, value, blind)
template NoteCommitment() {
    signal input inner;
    signal input asset;
    signal input value;
    signal input blind;
    signal output out <== Poseidon(5)([D_NOTE(), inner, asset, value, blind]);
}

// nf = H(D_NF, nk, cm, leafIndex)
template NullifierOf() {
    signal input nk;
    signal input cm;
    signal input leafIndex;
    signal output out <== Poseidon(4)([D_NF(), nk, cm, leafIndex]);
}
