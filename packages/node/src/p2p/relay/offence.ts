import { SeroError } from "@sero/protocol";

/** Refusals of a transaction that its bytes alone do not deserve: they depend on the state, the pool, the load or the time. */
const BLAMELESS: ReadonlySet<string> = new Set([
  "tx/expired",
  "tx/expiry-too-far",
  "tx/anchor",
  "tx/spent",
  "tx/unknown-asset",
  "tx/pseudonym-code",
  "tx/nonce",
  "tx/pseudonym-balance",
  "tx/old-rules",
  // Not active yet, or no more, where rules change.
  "tx/circuit",
]);

/**
 * Whether a refusal shows that whoever sent these bytes did not check them, so that no honest relay could have passed them on: they are
 * malformed, or a proof or signature is false. Both follow from the bytes and the chain's rules alone, and an honest node gives a peer nothing
 * that it has not verified itself. Not when rules change about now: a node a few blocks ahead or behind may see it the other way.
 *
 * @param areRulesSteady whether the chain's rules are the same for a while before and after the head
 */
export function isOffence(error: unknown, areRulesSteady: boolean): boolean {
  if (!(error instanceof SeroError) || !areRulesSteady) return false;
  return error.code.startsWith("tx/") && !error.code.endsWith("-not-active") && !BLAMELESS.has(error.code);
}
