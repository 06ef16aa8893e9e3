pragma circom 2.1.6;

include "./range.circom";

// Baby Jubjub (EIP-2494): a*x^2 + y^2 = 1 + d*x^2*y^2 with a = 168700 (a square in F) and d = 168696 (not a square). For such a and d the
// law of addition is complete: it holds for any two points of the curve, doubling and the identity included, and no denominator is ever
// zero (Bernstein, Birkner, Joye, Lange, Peters: Twisted Edwards Curves, 2008, section 6). Every point here is on the curve, so no
// addition needs an exception, and each `<--` below has exactly one solution.

// Checks that (x, y) is on the curve.
template OnCurve() {
    signal input p[2];

    signal x2 <== p[0] * p[0];
    signal y2 <== p[1] * p[1];
    168700 * x2 + y2 === 1 + 168696 * x2 * y2;
}

// out = p + q, both on the curve.
template AddPoints() {
    signal input p[2];
    signal input q[2];
    signal output out[2];

    signal xy <== p[0] * q[1];
    signal yx <== p[1] * q[0];
    signal cross <== (p[1] - 168700 * p[0]) * (q[0] + q[1]);
    signal product <== xy * yx;

    out[0] <-- (xy + yx) / (1 + 168696 * product);
    (1 + 168696 * product) * out[0] === xy + yx;

    out[1] <-- (cross + 168700 * xy - yx) / (1 - 168696 * product);
    (1 - 168696 * product) * out[1] === cross + 168700 * xy - yx;
}

// The law of addition on constants, at compile time.
function addConstants(p, q) {
    var xy = p[0] * q[1];
    var yx = p[1] * q[0];
    var product = 168696 * xy * yx;
    return [(xy + yx) / (1 + product), (p[1] * q[1] - 168700 * p[0] * q[0]) / (1 - product)];
}

// 0*base, 1*base, ..., 7*base.
function multiplesOf(base) {
    var table[8][2];
    table[0] = [0, 1];
    for (var i = 1; i < 8; i++) {
        table[i] = addConstants(table[i - 1], base);
    }
    return table;
}

// out = base * 2^shift.
function doubled(base, shift) {
    var p[2] = base;
    for (var i = 0; i < shift; i++) {
        p = addConstants(p, p);
    }
    return p;
}

// out = table[bits], a point out of eight constant ones.
template Window(table) {
    signal input bits[3];
    signal output out[2];

    signal both <== bits[0] * bits[1];
    for (var k = 0; k < 2; k++) {
        // The value where bits[2] is 0, and what bits[2] = 1 adds to it, each a linear form in 1, bits[0], bits[1], bits[0]*bits[1].
        var low = table[0][k] + (table[1][k] - table[0][k]) * bits[0] + (table[2][k] - table[0][k]) * bits[1]
            + (table[3][k] - table[2][k] - table[1][k] + table[0][k]) * both;
        var high = table[4][k] + (table[5][k] - table[4][k]) * bits[0] + (table[6][k] - table[4][k]) * bits[1]
            + (table[7][k] - table[6][k] - table[5][k] + table[4][k]) * both;
        out[k] <== low + bits[2] * (high - low);
    }
}

// out = scalar * B8 for a scalar below 2^251, in 84 windows of three bits. It need not be below the order l: every scalar of one class
// modulo l gives the same point, and nothing else is made from the scalar.
template MultiplyB8() {
    signal input scalar;
    signal output out[2];

    var B8[2] = [
        5299619240641551281634865583518297030282874472190772894086521144482721001553,
        16950150798460657717958625567821834550301663161624707787222815936182638968203
    ];
    signal bits[251] <== Bits(251)(scalar);

    signal sums[84][2];
    for (var i = 0; i < 84; i++) {
        var top = 3 * i + 2 < 251 ? bits[3 * i + 2] : 0;
        var window[2] = Window(multiplesOf(doubled(B8, 3 * i)))([bits[3 * i], bits[3 * i + 1], top]);
        if (i == 0) {
            sums[0] <== window;
        } else {
            sums[i] <== AddPoints()(sums[i - 1], window);
        }
    }
    out <== sums[83];
}
