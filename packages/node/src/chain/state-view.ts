import { nodeKey, ZERO_WORD, type StateBackend, type StateDiff } from "@sero/execution";
import { SeroError } from "@sero/protocol";
import type { BaseReads } from "../store/base-state.js";

/**
 * The state after one block: its layers over the base. Reads look through the layers, newest first, with one key for all of them.
 *
 * @param layers diffs from the block down to the one above the base
 * @param isKept false once the base has left this block's branch behind; every read then throws `state/forgotten`
 */
export function stateView(
  root: Uint8Array,
  layers: readonly StateDiff[],
  base: BaseReads,
  isKept: () => boolean,
): StateBackend {
  function below(): BaseReads {
    if (!isKept()) {
      throw new SeroError("state/forgotten", "The state of this block is no longer kept. Ask for a newer block.");
    }
    return base;
  }
  return {
    root,
    account(address) {
      const key = hexKey(address);
      for (const layer of layers) {
        const found = layer.accounts.get(key);
        if (found !== undefined) return found ?? undefined;
      }
      return below().account(address);
    },
    storage(address, slot) {
      const owner = hexKey(address);
      const key = hexKey(slot);
      for (const layer of layers) {
        const found = layer.storage.get(owner)?.get(key);
        if (found !== undefined) return found ?? ZERO_WORD;
      }
      return below().storage(address, slot);
    },
    code(hash) {
      const key = hexKey(hash);
      for (const layer of layers) {
        const found = layer.code.get(key);
        if (found !== undefined) return found;
      }
      return below().code(hash);
    },
    node(owner, path) {
      const key = nodeKey(owner, path);
      for (const layer of layers) {
        const found = layer.nodes.get(key);
        if (found !== undefined) return found ?? undefined;
      }
      return below().node(owner, path);
    },
  };
}

/** Lower-case hex without 0x: the form of the keys in state diffs. */
function hexKey(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}
