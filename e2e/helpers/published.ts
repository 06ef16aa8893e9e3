import {
  bigIntToBytes,
  decodeTransaction,
  decodeViewKey,
  openIncoming,
  type FullViewKey,
  type Transaction,
} from "@sero/protocol";
import { nativeSharedSecret } from "@sero/wallet";
import type { Economy } from "./economy.js";
import { rpc } from "./rpc.js";

/** An output as everybody sees it, with what only its owner knows. */
export interface LabelledOutput {
  readonly kind: "payment" | "change" | "dummy";
  /** 0 to 2, within its bundle. */
  readonly place: number;
  readonly ciphertext: Uint8Array;
  /** 32 bytes big-endian. */
  readonly commitment: Uint8Array;
}

/** A nullifier with what only who made it knows. */
export interface LabelledInput {
  readonly isDummy: boolean;
  /** 0 or 1, within its bundle. */
  readonly place: number;
  /** 32 bytes big-endian. */
  readonly nullifier: Uint8Array;
  /** Whether the bundle's other input is of the other kind. */
  readonly isMixed: boolean;
}

/** Everything that an economy has published. */
export interface Published {
  readonly transactions: readonly Transaction[];
  readonly outputs: readonly LabelledOutput[];
  readonly inputs: readonly LabelledInput[];
}

/** Opens one output with everybody's full view keys. */
const kindOf = (
  commitment: bigint,
  ciphertext: Uint8Array,
  opener: ReturnType<typeof openerOf>,
): LabelledOutput["kind"] => {
  if (opener.opens("external", commitment, ciphertext)) return "payment";
  return opener.opens("internal", commitment, ciphertext) ? "change" : "dummy";
};

const openerOf = (keys: readonly FullViewKey[]) => {
  const secrets = keys.map(({ ivk, ivkInt, acct }) => ({
    acct,
    external: nativeSharedSecret(ivk),
    internal: nativeSharedSecret(ivkInt),
  }));
  return {
    opens: (which: "external" | "internal", commitment: bigint, ciphertext: Uint8Array): boolean =>
      secrets.some(({ acct, ...of }) => openIncoming(of[which], acct, commitment as never, ciphertext) !== undefined),
  };
};

/** Reads every transaction of the economy from its node, and labels its parts with the keys of all. */
export const publishedBy = async (economy: Economy): Promise<Published> => {
  const keys = economy.people.map(({ wallet }) => {
    const decoded = decodeViewKey(wallet.viewKey("full"), economy.spec.network);
    if (decoded.kind !== "full") throw new Error("not a full view key");
    return decoded.key;
  });
  const opener = openerOf(keys);
  const transactions: Transaction[] = [];
  for (const txid of economy.sent().txids) {
    const raw = await rpc<string>(economy.node().rpcUrl, "eth_getRawTransactionByHash", [txid]);
    transactions.push(decodeTransaction(new Uint8Array(Buffer.from(raw.slice(2), "hex"))));
  }
  const real = economy.nullifiers();
  return {
    transactions,
    outputs: transactions.flatMap(({ bundles, outputs }) =>
      bundles.flatMap(({ commitments }, b) =>
        commitments.map((commitment, place): LabelledOutput => {
          const ciphertext = outputs[3 * b + place] ?? new Uint8Array(0);
          const kind = kindOf(commitment, ciphertext, opener);
          return { kind, place, ciphertext, commitment: bigIntToBytes(commitment, 32) };
        }),
      ),
    ),
    inputs: transactions.flatMap(({ bundles }) =>
      bundles.flatMap(({ nullifiers }) => {
        const dummies = nullifiers.map((nullifier) => !real.has(nullifier));
        return nullifiers.map((nullifier, place): LabelledInput => ({
          isDummy: dummies[place] === true,
          place,
          nullifier: bigIntToBytes(nullifier, 32),
          isMixed: dummies[0] !== dummies[1],
        }));
      }),
    ),
  };
};
