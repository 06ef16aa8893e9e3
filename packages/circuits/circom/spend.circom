pragma circom 2.1.6;

include "./gadgets/babyjub.circom";
include "./gadgets/balance.circom";
include "./gadgets/note.circom";
include "./gadgets/range.circom";
include "./gadgets/tree.circom";

// The spend circuit (protocol, section 5): two notes in, three out. One shape for everything; a dummy input is an input of value 0, and
// value*(root - anchor) = 0 is all that it is spared.
template Spend(depth) {
    // Public inputs, in the order of the verifier.
    signal input anchor;
    signal input nf[2];
    signal input cm[3];
    signal input pubCoin;
    signal input pubAsset;
    signal input pubAmount;
    signal input rk[2];

    // The spender: authority, nullifier key, this bundle's randomiser.
    signal input A[2];
    signal input nk;
    signal input alpha;

    // The one private asset besides the coin.
    signal input a;

    // The notes that go in: contents, and where they are in the tree.
    signal input inAsset[2];
    signal input inValue[2];
    signal input inD[2];
    signal input inRho[2];
    signal input inBlind[2];
    signal input inBits[2][2 * depth];
    signal input inSiblings[2][depth][3];

    // The notes that come out.
    signal input outInner[3];
    signal input outAsset[3];
    signal input outValue[3];
    signal input outBlind[3];

    // Check integrity of the spend authority: A is on the curve, rk = A + alpha*B8.
    OnCurve()(A);
    signal randomizer[2] <== MultiplyB8()(alpha);
    signal randomized[2] <== AddPoints()(A, randomizer);
    randomized === rk;

    signal acct <== AccountTag()(A, nk);
    signal coinIn[2], otherIn[2], coinOut[3], otherOut[3];
    signal inTag[2], inInner[2], inCm[2], inRoot[2], inIndex[2], inNf[2];

    for (var i = 0; i < 2; i++) {
        // Check integrity of the input's owner and commitment: it belongs to (A, nk), real or dummy.
        inTag[i] <== OwnerTag()(acct, inD[i]);
        inInner[i] <== Inner()(inTag[i], inRho[i]);
        inCm[i] <== NoteCommitment()(inInner[i], inAsset[i], inValue[i], inBlind[i]);

        // Check that the input's value is an amount.
        Amount()(inValue[i]);

        // Check that the input is in the tree, unless it is worth nothing.
        (inRoot[i], inIndex[i]) <== RootFromPath(depth)(inCm[i], inBits[i], inSiblings[i]);
        inValue[i] * (inRoot[i] - anchor) === 0;

        // Check integrity of the nullifier, which the key, the commitment and the path's own index determine.
        inNf[i] <== NullifierOf()(nk, inCm[i], inIndex[i]);
        inNf[i] === nf[i];

        // Check that the input is coin or the private asset.
        (coinIn[i], otherIn[i]) <== CoinPart()(inAsset[i], inValue[i], a);
    }

    signal outCm[3];
    for (var i = 0; i < 3; i++) {
        // Check integrity of the output's commitment.
        outCm[i] <== NoteCommitment()(outInner[i], outAsset[i], outValue[i], outBlind[i]);
        outCm[i] === cm[i];

        // Check that the output's value is an amount.
        Amount()(outValue[i]);

        // Check that the output is coin or the private asset.
        (coinOut[i], otherOut[i]) <== CoinPart()(outAsset[i], outValue[i], a);
    }

    // Check that what leaves in public is an amount, inside the circuit: two dummies with pubCoin = r - x would print x.
    Amount()(pubCoin);
    Amount()(pubAmount);

    // Check that the public asset is named exactly when some of it leaves, and is the private asset.
    PublicAsset()(pubAsset, pubAmount, a);

    // Check balance: coin, and the private asset.
    coinIn[0] + coinIn[1] - coinOut[0] - coinOut[1] - coinOut[2] === pubCoin;
    otherIn[0] + otherIn[1] - otherOut[0] - otherOut[1] - otherOut[2] === pubAmount;
}

component main { public [anchor, nf, cm, pubCoin, pubAsset, pubAmount, rk] } = Spend(16);
