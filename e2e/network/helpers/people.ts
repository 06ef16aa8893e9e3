import { join } from "node:path";
import { openSeat, type Environment, type Seat } from "../../helpers/command.js";
import type { Site } from "./site.js";

/** A payment as its sender's command told it. */
export interface Payment {
  readonly txid: string;
  readonly from: string;
  /** Base units, without the fee. */
  readonly amount: bigint;
}

/** Somebody at a machine of her own, whose wallet asks one of the network's nodes. */
export interface Person {
  readonly name: string;
  readonly site: Site;
  readonly address: string;
  /** Any command that takes a wallet, with its JSON document. */
  readonly ask: <T>(...args: readonly string[]) => Promise<T>;
  /** `sero send` with a real proof; amounts in whole coins. */
  readonly pay: (...recipients: readonly (readonly [Person, number])[]) => Promise<Payment>;
  /** The same person, asking another node from now on. */
  readonly at: (site: Site) => Person;
  /** Base units of the coin: everything, and what can be spent now. */
  readonly balance: () => Promise<{ readonly total: bigint; readonly spendable: bigint; readonly pending: bigint }>;
}

const COINS = 10n ** 18n;
/** Wallets prove on all processors, and would starve the clients, which give up for good when no block comes for an epoch. */
const NICENESS = 10;
const PASSPHRASE = "of the network tests";

const personAt = (seat: Seat, name: string, address: string, site: Site): Person => {
  const ask = <T>(...args: readonly string[]): Promise<T> => seat.ask<T>(args, { SERO_NODE: site.url });
  return {
    name,
    site,
    address,
    ask,
    at: (other) => personAt(seat, name, address, other),
    pay: async (...recipients) => {
      const parts = recipients.flatMap(([{ address: to }, coins]) => ["--to", to, "--amount", String(coins)]);
      const { sent } = await ask<{ sent: readonly { txid: string }[] }>("send", ...parts);
      const [first, ...more] = sent;
      if (first === undefined || more.length > 0) throw new Error(`${name} sent ${sent.length} transactions, not one`);
      const amount = recipients.reduce((sum, [, coins]) => sum + BigInt(coins) * COINS, 0n);
      return { txid: first.txid, from: name, amount };
    },
    balance: async () => {
      const { balances } = await ask<{ balances: readonly Record<"total" | "spendable" | "pending", string>[] }>(
        "balance",
      );
      const { total = "0", spendable = "0", pending = "0" } = balances[0] ?? {};
      return { total: BigInt(total), spendable: BigInt(spendable), pending: BigInt(pending) };
    },
  };
};

/** Gives somebody a machine with a wallet restored from `phrase`, whose node is the site's. */
export const seatPerson = async (folder: string, name: string, phrase: string, site: Site): Promise<Person> => {
  const seat = openSeat(join(folder, "people", name), { SERO_PASSPHRASE: PASSPHRASE, SERO_WALLET: "mine" }, NICENESS);
  const node: Environment = { SERO_NODE: site.url };
  await seat.ask(["wallet", "restore"], { ...node, SERO_PHRASE: phrase });
  const { address } = await seat.ask<{ address: string }>(["address"], node);
  return personAt(seat, name, address, site);
};
