import { runModule } from "../run.js";
import { BUFFER_BYTES, generateKeccak, RATE } from "./generate.js";

/** Keccak-256 of byte strings one after another, 32 bytes. */
export type Keccak256 = (...parts: readonly Uint8Array[]) => Uint8Array;

const DIGEST_BYTES = 32;

/**
 * Compiles and starts Keccak-256 (original padding, as in Ethereum); takes some milliseconds. Small enough that browsers compile it on
 * their main threads too. Throws wasm/unavailable.
 */
export function openKeccak(): Keccak256 {
  const generated = generateKeccak();
  const running = runModule(generated);
  const state = running.bytes(generated.state, generated.stateBytes);
  const buffer = running.bytes(generated.buffer, BUFFER_BYTES);
  return (...parts) => {
    state.fill(0);
    let filled = 0;
    for (const part of parts) {
      let taken = 0;
      while (part.length - taken >= BUFFER_BYTES - filled) {
        const room = BUFFER_BYTES - filled;
        buffer.set(part.subarray(taken, taken + room), filled);
        running.call("absorb", BUFFER_BYTES / RATE);
        taken += room;
        filled = 0;
      }
      buffer.set(taken === 0 ? part : part.subarray(taken), filled);
      filled += part.length - taken;
    }
    // The padding is a 1 bit after the message and one at the block's end; a full buffer was absorbed, so there is room.
    const blocks = Math.floor(filled / RATE) + 1;
    buffer.fill(0, filled, blocks * RATE);
    buffer[filled]! |= 1;
    buffer[blocks * RATE - 1]! |= 0x80;
    running.call("absorb", blocks);
    return state.slice(0, DIGEST_BYTES);
  };
}
