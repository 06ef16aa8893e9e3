import type { Withdrawal } from "@sero/execution";
import { SeroError } from "@sero/protocol";
import { z } from "zod";
import { data, type Json } from "../../rpc/json.js";
import { defineMethod } from "../../rpc/method.js";
import { hashParam } from "../../rpc/schemas.js";
import { uint64Param, withdrawalJson } from "../json/payload.js";

/** Bodies that one request may ask for (shanghai.md: at least 32). */
const MAX_BODIES = 128n;

const getPayloadBodiesByHashV1 = defineMethod({
  name: "engine_getPayloadBodiesByHashV1",
  params: z.tuple([z.array(hashParam)]),
  handle({ store }, [hashes]) {
    requireAtMost(BigInt(hashes.length));
    return hashes.map((hash) => bodyJson(store.body(hash)));
  },
});

const getPayloadBodiesByRangeV1 = defineMethod({
  name: "engine_getPayloadBodiesByRangeV1",
  params: z.tuple([uint64Param, uint64Param]),
  handle({ store, chain }, [start, count]) {
    if (start < 1n || count < 1n) throw new SeroError("rpc/params", "Start and count must be at least 1.");
    requireAtMost(count);
    const bodies: Json[] = [];
    // Nothing is answered for numbers above the head (shanghai.md).
    for (let number = start; number < start + count && number <= chain.head().number; number++) {
      const hash = store.canonicalHash(number);
      bodies.push(bodyJson(hash && store.body(hash)));
    }
    return bodies;
  },
});

function requireAtMost(count: bigint): void {
  if (count > MAX_BODIES) {
    throw new SeroError("engine/too-large", `Ask for at most ${MAX_BODIES} bodies at a time.`, {
      count: count.toString(),
    });
  }
}

interface Body {
  readonly transactions: readonly Uint8Array[];
  readonly withdrawals: readonly Withdrawal[];
}

function bodyJson(body: Body | undefined): Json {
  if (!body) return null;
  return { transactions: body.transactions.map(data), withdrawals: body.withdrawals.map(withdrawalJson) };
}

/** engine_getPayloadBodies. */
export const BODY_METHODS = [getPayloadBodiesByHashV1, getPayloadBodiesByRangeV1];
