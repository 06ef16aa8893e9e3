import { scrypt } from "node:crypto";
import type { Kdf } from "../../store/kdf.js";

/** Node's native scrypt, off the main thread. */
export const nativeKdf: Kdf = (passphrase, salt, { logN, r, p }) =>
  new Promise((resolve, reject) => {
    const N = 2 ** logN;
    scrypt(passphrase, salt, 32, { N, r, p, maxmem: 128 * N * r + (1 << 22) }, (error, key) =>
      error === null ? resolve(new Uint8Array(key)) : reject(error),
    );
  });
