import { DEVELOPMENT_WALLETS, type EthAddress } from "@sero/protocol";
import type { Wallet } from "@sero/wallet";
import { issueToken, tradeTicket } from "./assets-story.js";
import { swap } from "./exchange-story.js";
import { carryPackage } from "./package-story.js";
import { paySalaries } from "./payroll-story.js";
import type { Stage } from "./stage.js";
import type { Step } from "./telling.js";

/** Who plays in the second half, and the token that is made in it. */
export interface Players {
  readonly alice: Wallet;
  readonly bob: Wallet;
  readonly carol: Wallet;
  readonly dave: Wallet;
  /** The contract of GOLD, once it is issued. */
  gold: EthAddress;
}

/** Steps of this half. */
export const CONTRACT_STEPS = 5;

/**
 * The story's second half: tokens, tickets, an exchange, a package, salaries. Everybody has coins from genesis or the first half.
 *
 * @returns the wallet that joined in it, one of a million coins from genesis
 */
export async function* playContracts(
  stage: Stage,
  players: Omit<Players, "gold" | "dave">,
): AsyncGenerator<Step, Wallet> {
  const dave = await stage.restored("dave", { from: { phrase: DEVELOPMENT_WALLETS[2]?.phrase ?? "" } });
  await dave.sync();
  const cast: Players = { ...players, dave, gold: new Uint8Array(20) as EthAddress };
  for (const scene of [issueToken, tradeTicket, swap, carryPackage, paySalaries]) {
    const begun = Date.now();
    const step = await scene(stage, cast);
    yield { ...step, seconds: (Date.now() - begun) / 1000 };
  }
  return dave;
}
