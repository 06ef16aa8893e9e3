import { SeroError, equalBytes, toHex } from "@sero/protocol";
import type { NodeClient, PoolProof } from "../rpc/index.js";
import { hashAt } from "./ancestor.js";
import type { BlockMark } from "./types.js";

/** Whom to ask about a block. */
export interface Askable {
  readonly client: NodeClient;
  /** Further nodes whose block of the same number must be the same. */
  readonly witnesses?: readonly NodeClient[];
  readonly signal?: AbortSignal | undefined;
}

/** What the nodes say of one block. */
export interface HeadAnswers {
  /** The node's proof of the pool's state; undefined if the block is no longer on its chain. */
  readonly proof: Promise<PoolProof | undefined>;
  /** How many further nodes have the same block. Throws rpc/nodes-disagree. */
  readonly confirmed: Promise<number>;
}

/**
 * Asks about heads while their blocks are still being decrypted. A request that came only afterwards would tell the node how long decrypting
 * took, and so whether notes that it put there itself are this wallet's (attack D33).
 */
export interface HeadQuestions {
  ask(mark: BlockMark): void;
  /** The answers about this block, asked for now if they were not before. */
  answers(mark: BlockMark): HeadAnswers;
}

/** Questions of one sync. */
export function headQuestions(context: Askable): HeadQuestions {
  const asked = new Map<string, HeadAnswers>();
  const ask = (mark: BlockMark): HeadAnswers => {
    const answers = { proof: proofOf(context, mark), confirmed: confirmations(context, mark) };
    // Not awaited if the sync ends before.
    answers.proof.catch(() => undefined);
    answers.confirmed.catch(() => undefined);
    asked.set(toHex(mark.hash), answers);
    return answers;
  };
  return { ask: (mark) => void ask(mark), answers: (mark) => asked.get(toHex(mark.hash)) ?? ask(mark) };
}

async function confirmations({ client, witnesses = [], signal }: Askable, mark: BlockMark): Promise<number> {
  let confirmed = 0;
  for (const witness of witnesses) {
    const hash = await hashAt(witness, mark.number, signal);
    if (hash === undefined) continue;
    if (!equalBytes(hash, mark.hash))
      throw new SeroError(
        "rpc/nodes-disagree",
        "Two of your nodes are on different branches. Wait a moment, and find out which is right if it stays so.",
        { block: mark.number.toString(), first: client.url, second: witness.url },
      );
    confirmed++;
  }
  return confirmed;
}

async function proofOf({ client, signal }: Askable, mark: BlockMark): Promise<PoolProof | undefined> {
  try {
    return await client.poolProof(mark.hash, { signal });
  } catch (error) {
    const hash = await hashAt(client, mark.number, signal);
    if (hash === undefined || !equalBytes(hash, mark.hash)) return undefined;
    throw error;
  }
}
