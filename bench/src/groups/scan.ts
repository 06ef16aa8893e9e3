import { createPrivateKey, createPublicKey, diffieHellman } from "node:crypto";
import {
  CIPHERTEXT_BYTES,
  COIN,
  concatBytes,
  fieldToBytes,
  incomingViewKey,
  randomAddress,
  randomBytes,
  sealNote,
} from "@sero/protocol";
import { nativeSharedSecret, TRIAL_ITEM_BYTES, tryBatch, type MakeSharedSecret } from "@sero/wallet";
import { interleavedMs, timedOnOneCore, type Group } from "../measure.js";
import { payee } from "../payments/chain.js";

const OUTPUTS = 512;
const RUNS = 9;

/** Ciphertexts as payments to strangers carry them, one after another with their commitments. */
function foreignOutputs(onOutput: (made: number) => void): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let i = 0; i < OUTPUTS; i++) {
    onOutput(i);
    const { commitment, ciphertext } = sealNote({
      address: randomAddress(),
      asset: COIN,
      value: 1n,
      seed: randomBytes(32),
      memoKey: randomBytes(32),
      ovk: undefined,
      rk: randomBytes(32),
    });
    parts.push(fieldToBytes(commitment), ciphertext);
  }
  return concatBytes(...parts);
}

/** SubjectPublicKeyInfo and PKCS #8 headers of an X25519 key (RFC 8410). */
const SPKI = Buffer.from("302a300506032b656e032100", "hex");
const PKCS8 = Buffer.from("302e020100300506032b656e04220420", "hex");

/** The usual way with Node: each key imported as DER. The peer that the wallet's own way is compared with. */
const derSharedSecret: MakeSharedSecret = (scalar) => {
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8, scalar]), format: "der", type: "pkcs8" });
  return (epk) =>
    diffieHellman({
      privateKey,
      publicKey: createPublicKey({ key: Buffer.concat([SPKI, epk]), format: "der", type: "spki" }),
    });
};

/** Trying one account's key on outputs that belong to others, in one thread, by the function that the wallet's workers run. */
export const scan: Group = async ({ progress }) => {
  const bytes = foreignOutputs((made) => progress((0.5 * made) / OUTPUTS, "sealing outputs to strangers"));
  if (bytes.length !== OUTPUTS * TRIAL_ITEM_BYTES || TRIAL_ITEM_BYTES !== 32 + CIPHERTEXT_BYTES) {
    throw new Error("The outputs are not laid out as the scanner takes them.");
  }
  const batch = { count: OUTPUTS, bytes };
  const keys = [incomingViewKey(payee())];
  const ours = tryBatch(keys, nativeSharedSecret);
  const theirs = tryBatch(keys, derSharedSecret);
  const times = await interleavedMs(
    RUNS,
    { ours: () => ours(batch), der: () => theirs(batch) },
    (run) => progress(0.5 + (0.5 * run) / (RUNS + 1), `round ${run + 1} of ${RUNS + 1}`),
    timedOnOneCore,
  );
  return {
    "scan.outputsPerSecondPerCore": (1000 * OUTPUTS) / times.ours,
    "scan.nodeDer.outputsPerSecondPerCore": (1000 * OUTPUTS) / times.der,
  };
};
