/** The first `length` bytes, with zeros behind them where there are fewer: how Ethereum's precompiles read short and long inputs. */
export function padded(input: Uint8Array, length: number): Uint8Array {
  if (input.length === length) return input;
  const bytes = new Uint8Array(length);
  bytes.set(input.subarray(0, length));
  return bytes;
}

/** A truth value as a word. */
export function boolWord(value: boolean): Uint8Array {
  const word = new Uint8Array(32);
  word[31] = value ? 1 : 0;
  return word;
}
