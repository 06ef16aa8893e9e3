/** Lower-case hex of `bytes` without 0x: the form of the keys in state maps. */
export function hexKey(bytes: Uint8Array): string {
  // One flat string at once: a string put together digit by digit is flattened again at every look into a map.
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
}

/** Bytes of an even-length lower-case hex string made by `hexKey`. The caller guarantees the form. */
export function fromHexKey(text: string): Uint8Array {
  const out = new Uint8Array(text.length >> 1);
  for (let i = 0; i < out.length; i++) out[i] = parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return out;
}
