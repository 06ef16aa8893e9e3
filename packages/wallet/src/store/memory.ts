import { SeroError } from "@sero/protocol";
import type { WalletFiles } from "./files.js";

/** Files in memory: for tests, and for a browser page that persists `contents` itself. */
export function memoryFiles(contents: Map<string, Uint8Array> = new Map()): WalletFiles {
  let locked = false;
  return {
    place: "memory",
    read: async (name) => contents.get(name)?.slice(),
    writeAtomic: async (name, bytes) => void contents.set(name, bytes.slice()),
    append: async (name, at, bytes) => {
      const joined = new Uint8Array(at + bytes.length);
      joined.set((contents.get(name) ?? new Uint8Array(0)).subarray(0, at));
      joined.set(bytes, at);
      contents.set(name, joined);
    },
    list: async () => [...contents.keys()],
    destroy: async (name) => {
      contents.get(name)?.fill(0);
      contents.delete(name);
    },
    remove: async (name) => void contents.delete(name),
    lock: async () => {
      if (locked) throw new SeroError("store/locked", "This wallet is already open. Close it there first.");
      locked = true;
      return async () => void (locked = false);
    },
  };
}
