pragma circom 2.1.6;

// Bits of `in`, least significant first. Proves in < 2^n. The decomposition is the only one because 2^n < r is demanded: with n = 254
// both x and x + r would pass.
template Bits(n) {
    assert(n <= 253);
    signal input in;
    signal output out[n];

    var sum = 0;
    var weight = 1;
    for (var i = 0; i < n; i++) {
        out[i] <-- (in >> i) & 1;
        out[i] * (out[i] - 1) === 0;
        sum += out[i] * weight;
        weight += weight;
    }
    sum === in;
}

// Checks that an amount is below 2^128. A bundle adds five of them and two public ones at most: no sum comes near r.
template Amount() {
    signal input in;
    signal bits[128] <== Bits(128)(in);
}

// A bit: 0 or 1.
template Boolean() {
    signal input in;
    in * (in - 1) === 0;
}
