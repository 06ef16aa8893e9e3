pragma circom 2.1.6;

include "./zero.circom";

// Splits a note's value: all of it is coin, or all of it is the bundle's private asset `a`; any third asset has no solution.
template CoinPart() {
    signal input asset;
    signal input value;
    signal input a;
    signal output coin; // c*value with c = IsZero(asset)
    signal output other; // (1-c)*value

    signal c <== IsZero()(asset);
    (1 - c) * (asset - a) === 0;
    coin <== c * value;
    other <== value - coin;
}

// Checks what may be named in public: an amount of 0 goes with asset 0, any other with the private asset.
template PublicAsset() {
    signal input pubAsset;
    signal input pubAmount;
    signal input a;

    signal z <== IsZero()(pubAmount);
    z * pubAsset === 0;
    (1 - z) * (pubAsset - a) === 0;
}
