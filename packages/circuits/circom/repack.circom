pragma circom 2.1.6;

include "./gadgets/balance.circom";
include "./gadgets/note.circom";
include "./gadgets/range.circom";
include "./gadgets/zero.circom";

// The repack circuit (protocol, section 8): two packages in, three commitments out, worth the same. The Pool gives both sides of it and the
// context; who proves knows what is in the packages, and need not be their controller.
template Repack() {
    // Public inputs, in the order of the verifier. A commitment of 0 that goes in stands for no package: the filler.
    signal input ctx;
    signal input inCm[2];
    signal input outCm[3];

    // The one private asset besides the coin.
    signal input a;

    // What is in the packages that go in.
    signal input inInner[2];
    signal input inAsset[2];
    signal input inValue[2];
    signal input inBlind[2];

    // What is in the commitments that come out. All three are well formed: one that is not needed is a note of value 0.
    signal input outInner[3];
    signal input outAsset[3];
    signal input outValue[3];
    signal input outBlind[3];

    // Bind the call that the proof is for: a constraint on ctx that no optimisation takes away.
    signal ctxSquared <== ctx * ctx;

    signal coinIn[2], otherIn[2], coinOut[3], otherOut[3];
    signal filler[2], inCommitment[2];

    for (var i = 0; i < 2; i++) {
        // Check that a filler is worth nothing.
        filler[i] <== IsZero()(inCm[i]);
        filler[i] * inValue[i] === 0;

        // Check integrity of the input's commitment, unless it is a filler.
        inCommitment[i] <== NoteCommitment()(inInner[i], inAsset[i], inValue[i], inBlind[i]);
        (1 - filler[i]) * (inCommitment[i] - inCm[i]) === 0;

        // Check that the input's value is an amount.
        Amount()(inValue[i]);

        // Check that the input is coin or the private asset.
        (coinIn[i], otherIn[i]) <== CoinPart()(inAsset[i], inValue[i], a);
    }

    signal outCommitment[3];
    for (var i = 0; i < 3; i++) {
        // Check integrity of the output's commitment.
        outCommitment[i] <== NoteCommitment()(outInner[i], outAsset[i], outValue[i], outBlind[i]);
        outCommitment[i] === outCm[i];

        // Check that the output's value is an amount.
        Amount()(outValue[i]);

        // Check that the output is coin or the private asset.
        (coinOut[i], otherOut[i]) <== CoinPart()(outAsset[i], outValue[i], a);
    }

    // Check balance: coin, and the private asset. Nothing enters or leaves in public.
    coinIn[0] + coinIn[1] === coinOut[0] + coinOut[1] + coinOut[2];
    otherIn[0] + otherIn[1] === otherOut[0] + otherOut[1] + otherOut[2];
}

component main { public [ctx, inCm, outCm] } = Repack();
