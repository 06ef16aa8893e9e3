/** What one source brought and still counts against its bound, the oldest first. */
export interface Shelf {
  readonly name: string;
  readonly keys: Map<string, number>;
  bytes: number;
}

/** Counts per source what is held, so that one source's flood makes room at its own cost only. */
export interface Shelves {
  /** Bytes on all shelves but `exempt`. */
  readonly bytes: number;
  put(name: string, key: string, size: number): Shelf;
  remove(name: string, key: string): void;
  /** The shelf with the most bytes, `exempt` aside. */
  largest(): Shelf | undefined;
}

/** @param exempt the name of the shelf that the common bound does not count */
export function openShelves(exempt: string): Shelves {
  const shelves = new Map<string, Shelf>();
  let bytes = 0;
  return {
    get bytes() {
      return bytes;
    },
    put(name, key, size) {
      const shelf = shelves.get(name) ?? { name, keys: new Map<string, number>(), bytes: 0 };
      shelves.set(name, shelf);
      if (shelf.keys.has(key)) return shelf;
      shelf.keys.set(key, size);
      shelf.bytes += size;
      if (name !== exempt) bytes += size;
      return shelf;
    },
    remove(name, key) {
      const shelf = shelves.get(name);
      const size = shelf?.keys.get(key);
      if (!shelf || size === undefined) return;
      shelf.keys.delete(key);
      shelf.bytes -= size;
      if (name !== exempt) bytes -= size;
      if (shelf.keys.size === 0) shelves.delete(name);
    },
    largest() {
      let found: Shelf | undefined;
      for (const shelf of shelves.values()) {
        if (shelf.name !== exempt && (!found || shelf.bytes > found.bytes)) found = shelf;
      }
      return found;
    },
  };
}
