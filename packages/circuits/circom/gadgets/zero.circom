pragma circom 2.1.6;

// out = 1 if in is 0, else 0.
//
// circomlib's IsZero leaves `inv` free when `in` is 0. That is sound, but then one signal of the witness may change without any
// constraint noticing; the third constraint takes that freedom away, so that the test of attack A1 needs no exceptions.
template IsZero() {
    signal input in;
    signal output out;

    signal inv;
    inv <-- in != 0 ? 1 / in : 0;
    out <== 1 - in * inv; // in = 0 makes out = 1
    in * out === 0; // in != 0 makes out = 0
    inv * out === 0; // in = 0 makes inv = 0
}
