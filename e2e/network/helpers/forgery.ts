import { headerHash } from "@sero/execution";
import { executionPayloadV2, payloadJson, payloadV2 } from "@sero/node/engine/json";
import { decodeTransaction, encodeTransaction, fromHex, toHex } from "@sero/protocol";
import type { EngineProxy, PayloadJson } from "./engine-proxy.js";

/** What is wrong with a forged payload. Everything else in it is right, its hash and its root of transactions too. */
export type Fault = "a false proof" | "a wrong state root" | "a payment that was made before";

/** A forged payload, and what is wrong with it. */
export interface Forged {
  readonly fault: Fault;
  readonly blockHash: string;
  readonly parentHash: string;
}

/** Puts the hash and root of transactions right again. */
const sealed = (payload: PayloadJson): PayloadJson => {
  const { block } = payloadV2(executionPayloadV2.parse(payload));
  return payloadJson({ hash: headerHash(block.header), block }) as unknown as PayloadJson;
};

/** Puts the proof of another transaction, well-formed and true of something else, into the payload's first one. */
const withFalseProof = (transaction: string, other: string): string => {
  const tx = decodeTransaction(fromHex(transaction));
  const [foreign] = decodeTransaction(fromHex(other)).bundles;
  const [first, ...bundles] = tx.bundles;
  if (!first || !foreign) throw new Error("A transaction without bundles");
  return toHex(encodeTransaction({ ...tx, bundles: [{ ...first, proof: foreign.proof }, ...bundles] }));
};

/**
 * A payload with a fault, or undefined where this one gives no occasion for it.
 *
 * @param earlier a transaction of an earlier block, 0x and hex
 */
export const forge = (payload: PayloadJson, fault: Fault, earlier: string): PayloadJson | undefined => {
  const { transactions } = payload;
  const [first, ...rest] = transactions;
  switch (fault) {
    case "a false proof":
      return first === undefined
        ? undefined
        : sealed({ ...payload, transactions: [withFalseProof(first, earlier), ...rest] });
    case "a wrong state root":
      return sealed({ ...payload, stateRoot: `0x${"5e".repeat(32)}` });
    case "a payment that was made before":
      return sealed({ ...payload, transactions: [...transactions, earlier] });
  }
};

/**
 * Makes a proxy forge its consensus client's payloads, each fault once, and vouch for them: the client proposes them in good faith.
 *
 * @returns what was forged so far
 */
export const forgeAt = (proxy: EngineProxy, faults: readonly Fault[], earlier: string): readonly Forged[] => {
  const open = [...faults];
  const forged: Forged[] = [];
  const isForged = (hash: unknown): boolean => forged.some(({ blockHash }) => blockHash === hash);
  const valid = (hash: unknown) => ({ status: "VALID", latestValidHash: hash, validationError: null });
  proxy.become({
    before: (method, [first]) => {
      const { blockHash, headBlockHash } = (first ?? {}) as Record<string, unknown>;
      if (method.startsWith("engine_newPayload") && isForged(blockHash)) return valid(blockHash);
      if (method.startsWith("engine_forkchoiceUpdated") && isForged(headBlockHash))
        return { payloadStatus: valid(headBlockHash), payloadId: null };
      return undefined;
    },
    after: (method, _params, result) => {
      if (!method.startsWith("engine_getPayload")) return result;
      const built = result as { readonly executionPayload: PayloadJson };
      for (const fault of open) {
        const executionPayload = forge(built.executionPayload, fault, earlier);
        if (executionPayload === undefined) continue;
        open.splice(open.indexOf(fault), 1);
        const { blockHash, parentHash } = executionPayload;
        forged.push({ fault, blockHash, parentHash });
        return { ...built, executionPayload };
      }
      return result;
    },
  });
  return forged;
};
