import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TEST_TOKEN } from "@sero/contracts/test-contracts";
import { DEVELOPMENT_WALLETS, newPhrase } from "@sero/protocol";
import { keepConnected } from "./helpers/connections.js";
import { recordFinality, type FinalityRecord } from "./helpers/finality.js";
import { forgeAt } from "./helpers/forgery.js";
import { allMoney, finalizedAt, minedAt, proposerOf, sameHead, timesIn, walk } from "./helpers/ledger.js";
import { openNetwork, SLOTS_PER_EPOCH, type Network } from "./helpers/network.js";
import { seatPerson, type Payment, type Person } from "./helpers/people.js";
import type { Site } from "./helpers/site.js";

const COINS = 10n ** 18n;
const SUPPLY = 3_000_000n * COINS;

/** What is wrong with forged blocks, and how nodes call it. */
const FAULTS = {
  "a false proof": "tx/proof",
  "a wrong state root": "block/root",
  "a payment that was made before": "tx/spent",
} as const;

const phraseOf = (name: string): string => {
  const wallet = DEVELOPMENT_WALLETS.find((one) => one.name === name);
  if (!wallet) throw new Error(`No development wallet ${name}`);
  return wallet.phrase;
};

// Ordinary nodes by the start scripts of `sero network init`, each with an unmodified Lodestar; wallets by the command, with real proofs.
// One network, through which the scenarios follow each other.
describe("three, then four nodes", () => {
  let network: Network;
  let finality: FinalityRecord;
  let [a, b, c, d] = [] as unknown as [Site, Site, Site, Site];
  let [alice, bob, carol] = [] as unknown as [Person, Person, Person];
  const people: Person[] = [];
  const payments: Payment[] = [];
  let contract = "";
  let newcomers: readonly [Person, Person, Person];
  let alone: Site | undefined;
  let isFailed = false;
  let undo: (() => void)[] = [];

  const scenario = (name: string, run: () => Promise<void>): void =>
    it(name, async () => {
      const began = Date.now();
      try {
        await run();
      } catch (error) {
        isFailed = true;
        console.error(`${name}\n${await network.status()}\n${await network.tails()}\nLogs: ${network.directory}`);
        throw error;
      }
      console.info(`${((Date.now() - began) / 1000).toFixed(0)} s, slot ${network.slot()}: ${name}`);
    });
  const paid = (payment: Payment): Payment => {
    payments.push(payment);
    return payment;
  };
  const start = async (site: Site, checkpoint?: string): Promise<void> => {
    await site.startExecution();
    await site.startConsensus(checkpoint);
    await network.waitFor(`${site.name} answers`, async () => {
      await site.block("latest");
      return site.beacon.identity();
    });
    if (site !== alone) await network.connect(site);
  };

  beforeAll(async () => {
    // Clients that come more than an epoch after genesis wait for each other for ever: on a slow machine genesis must be later.
    for (const startsIn of [20, 60, 180]) {
      network = await openNetwork({ validators: [9, 9, 9, 5], startsIn });
      [a, b, c, d] = network.sites as unknown as [Site, Site, Site, Site];
      await Promise.all([a, b, c].map((site) => start(site)));
      if (network.slot() < SLOTS_PER_EPOCH / 2) break;
      await network.close(false);
    }
    finality = recordFinality(network);
    undo = [keepConnected(network, (site) => site === alone), () => finality.stop()];
    people.push(
      ...(await Promise.all([
        seatPerson(network.directory, "alice", phraseOf("alice"), a),
        seatPerson(network.directory, "bob", phraseOf("bob"), b),
        seatPerson(network.directory, "carol", phraseOf("carol"), c),
      ])),
    );
    [alice, bob, carol] = people as [Person, Person, Person];
  });
  afterAll(async () => {
    for (const step of undo) step();
    await network?.close(isFailed);
  });

  scenario(
    "1: blocks of all three are the same chain, and their consensus clients hold them for verified",
    async () => {
      const head = await sameHead(network, [a, b, c], 3n);
      for (const site of [a, b, c]) {
        const payload = await site.beacon.payload("head");
        expect(payload?.blockNumber).toBeGreaterThanOrEqual(head.number);
        expect((await site.beacon.syncing()).is_optimistic).toBe(false);
        expect(site.engine.verdict(head.hash)?.status).toBe("VALID");
      }
    },
  );

  scenario(
    "2: wallets on different nodes pay each other and call a contract; others mine what a node was sent",
    async () => {
      const artifact = join(network.directory, "token.json");
      await writeFile(artifact, JSON.stringify({ abi: TEST_TOKEN.abi, bytecode: TEST_TOKEN.bytecode }));
      const [first, , deployed] = await Promise.all([
        alice.pay([bob, 25], [carol, 5]).then(paid),
        bob.pay([carol, 10]).then(paid),
        carol.ask<{ contract: string }>("deploy", artifact, "Test", "TST", "2"),
      ]);
      contract = deployed.contract;
      await minedAt(network, [a, b, c], first.txid);
      const called = await alice.ask<{ outcome: { status: string } }>(
        "call",
        contract,
        "mint(address,uint256)",
        "me",
        "5000",
        "--yes",
      );
      expect(called.outcome.status).toBe("succeeded");
      const proposers = new Set<string>();
      for (let i = 0; i < 6 && (proposers.size === 0 || (proposers.has(a.name) && proposers.size === 1)); i++) {
        const { txid } = paid(await alice.pay([bob, 1]));
        proposers.add((await proposerOf(network, a, await minedAt(network, [a, b, c], txid)))?.name ?? "nobody");
      }
      expect([...proposers].some((name) => name !== a.name)).toBe(true);
      const views = [alice, bob, carol].map((person) =>
        person.ask<{ values: string[] }>("view", contract, "totalSupply() returns (uint256)"),
      );
      for (const { values } of await Promise.all(views)) expect(values).toEqual(["5000"]);
    },
  );

  scenario(
    "3: all agree on the finalized block; a fourth node joins from that checkpoint, empty, and catches up with its peers' blocks",
    async () => {
      const phrase = newPhrase(12);
      // Wallets for the next scenario, while there is nothing to do but wait. Two of them are the same one's.
      const seats = Promise.all([
        seatPerson(network.directory, "dave", phrase, b),
        seatPerson(network.directory, "erin", newPhrase(12), b),
        seatPerson(network.directory, "twin", phrase, b),
      ]);
      const number = await finalizedAt(network, [a, b, c], 1n);
      newcomers = await seats;
      const hashes = await Promise.all([a, b, c].map(async (site) => (await site.block(number))?.hash));
      expect(new Set(hashes).size).toBe(1);
      alone = d;
      await start(d, `http://127.0.0.1:${a.entry.ports.rest}`);
      // A Lodestar that began at checkpoint f takes no head before the chain has justified f + 2, and asks its peers how far they are when
      // they meet, and then not for five minutes: they had better not meet before.
      const begun = Math.ceil(Number((await d.beacon.syncing()).head_slot) / SLOTS_PER_EPOCH);
      await network.waitFor(`epoch ${begun + 2} is justified`, async () =>
        (await a.beacon.finality()).justified >= begun + 2 ? true : undefined,
      );
      alone = undefined;
      await network.connect(d);
      const head = await sameHead(network, [a, b, c, d], number + 1n);
      expect((await walk(d, head.number)).hashes).toEqual((await walk(a, head.number)).hashes);
      expect((await d.beacon.syncing()).is_optimistic).toBe(false);
    },
  );

  describe("4: a node is cut off for 30 slots", () => {
    let [dave, erin, twin] = [] as unknown as [Person, Person, Person];
    let cutAt = 0;
    let inHalves: readonly [Payment, Payment, Payment];

    scenario("4a: payments are made in both halves, one note is spent in both", async () => {
      [dave, erin, twin] = [newcomers[0].at(d), newcomers[1].at(d), newcomers[2]];
      people.push(dave, erin);
      const { txid } = paid(await alice.pay([dave, 100], [erin, 100]));
      await minedAt(network, [a, b, c, d], txid);
      await Promise.all([dave, erin, twin].map((person) => person.balance()));
      // All of its connections pass the firewall: three of the node, three of the client. Clients that met again may have gone around it.
      if (network.firewall.passages(d.name) < 6) {
        await d.consensus()?.stop();
        await start(d);
        await network.waitFor(
          `${d.name} has its connections`,
          () => network.firewall.passages(d.name) >= 6 || undefined,
        );
        await sameHead(network, [a, b, c, d], 1n);
      }
      network.firewall.cut(d.name);
      cutAt = network.slot();
      inHalves = await Promise.all([dave.pay([carol, 40]), erin.pay([alice, 30]), twin.pay([bob, 50])]);
      const { txid: other } = paid(await bob.pay([alice, 3]));
      await minedAt(network, [a, b, c], other);
      await minedAt(network, [a, b, c], inHalves[2].txid);
    });

    scenario(
      "4b: meanwhile another node is killed with -9 while it imports a block, and again while it builds one: it goes on, nothing is lost",
      async () => {
        for (const method of ["engine_newPayload", "engine_getPayload"]) {
          const before = await c.block("latest");
          const killed = new Promise<void>((resolve) =>
            c.engine.become({
              before: (name) => {
                if (!name.startsWith(method)) return undefined;
                // In the middle of it: the node has the request and is at work.
                setTimeout(() => void c.execution()?.kill().then(resolve), 3);
                c.engine.become({});
                return undefined;
              },
            }),
          );
          await network.waitFor(`${method} of ${c.name}`, () =>
            Promise.race([killed.then(() => true), network.sleepSlots(0.1).then(() => undefined)]),
          );
          await c.startExecution();
          await network.waitFor(`${c.name} answers again`, () => c.block("latest"));
          const same = await c.block(BigInt(before?.number ?? 0));
          expect((await a.block(BigInt(before?.number ?? 0)))?.hash).toBe(same?.hash);
          await sameHead(network, [a, b, c], BigInt(before?.number ?? 0) + 2n);
        }
        const { txid } = paid(await carol.pay([alice, 2]));
        await minedAt(network, [a, b, c], txid);
      },
    );

    scenario("4c: meanwhile that node is emptied and brought back; its consensus client kept its data", async () => {
      const { number } = await sameHead(network, [a, b, c], 1n);
      await c.execution()?.stop();
      await c.emptyExecution();
      await c.startExecution();
      const head = await sameHead(network, [a, b, c], number + 1n);
      expect((await walk(c, head.number)).hashes).toEqual((await walk(a, head.number)).hashes);
    });

    scenario(
      "4d: the one that was cut off rejoins; nothing is applied twice, nothing finalized is lost, what one half alone knew is mined",
      async () => {
        await network.sleepSlots(Math.max(0, cutAt + 30 - network.slot()));
        const before = finality.blocks();
        const own = await d.block("latest");
        expect((await a.block("latest"))?.hash).not.toBe(own?.hash);
        expect(await a.rpc("eth_getTransactionReceipt", [inHalves[1].txid])).toBeNull();
        network.firewall.mend(d.name);
        await network.connect(d);
        const [ofDave, ofErin, ofTwin] = inHalves;
        const head = await sameHead(network, [a, b, c, d], 1n);
        await minedAt(network, [a, b, c, d], ofErin.txid);
        await minedAt(network, [a, b, c, d], ofTwin.txid);
        payments.push(ofErin, ofTwin);
        const there = await walk(d, head.number);
        for (const [number, hash] of before) expect(there.hashes.get(number)).toBe(hash);
        expect(there.txids).not.toContain(ofDave.txid);
      },
    );
  });

  scenario("5: one of the four is killed for good; the other three go on", async () => {
    await d.consensus()?.kill();
    await d.execution()?.kill();
    const { txid } = paid(await carol.pay([bob, 4]));
    await minedAt(network, [a, b, c], txid);
  });

  scenario(
    "6: payloads with a false proof, a wrong state root, a payment that was made before: rejected by the rest, and the chain goes on and finalizes",
    async () => {
      const earlier = await a.rpc<string>("eth_getRawTransactionByHash", [payments[0]?.txid]);
      const faults = Object.keys(FAULTS) as (keyof typeof FAULTS)[];
      let turns = 0;
      const turn = async (): Promise<void> => {
        const [from, to] = turns++ % 2 === 0 ? [carol, alice] : [alice, carol];
        if ((await from.balance()).spendable > 10n * COINS) paid(await from.pay([to, 1]));
      };
      const forged = forgeAt(b.engine, faults, earlier);
      await network.waitFor(`${b.name} proposes with each fault`, async () => {
        // A false proof needs a payment to stand in.
        if (!forged.some(({ fault }) => fault === "a false proof")) await turn();
        return forged.length === faults.length || undefined;
      });
      b.engine.become({});
      for (const { fault, blockHash, parentHash } of forged) {
        const verdicts = await network.waitFor(`both others judge ${fault}`, () => {
          const given = [a, c].map((site) => site.engine.verdict(blockHash)).filter((one) => one !== undefined);
          return given.length === 2 ? given : undefined;
        });
        for (const verdict of verdicts) {
          expect(verdict, fault).toMatchObject({ status: "INVALID", latestValidHash: parentHash });
          expect(verdict.validationError).toContain(FAULTS[fault]);
        }
        for (const site of [a, b, c]) expect(await site.rpc("eth_getBlockByHash", [blockHash, false])).toBeNull();
      }
      const { number } = await sameHead(network, [a, b, c], 1n);
      await finalizedAt(network, [a, b, c], number);
    },
  );

  scenario(
    "7: everything that was finalized is there, every payment once, and no coin too many or too few",
    async () => {
      const rest = [a, b, c];
      const { number } = await sameHead(network, rest, 1n);
      const [first, ...others] = await Promise.all(rest.map((site) => walk(site, number)));
      for (const other of others) expect(other).toEqual(first);
      for (const [at, hash] of finality.blocks()) expect(first?.hashes.get(at), `block ${at}`).toBe(hash);
      expect(timesIn(first?.txids ?? [], payments)).toEqual(payments.map(() => 1));
      expect(new Set(first?.txids).size).toBe(first?.txids.length);
      // The two who were at the node that is gone go to another one.
      const moved = await Promise.all(people.map((person) => (person.site === d ? person.at(a) : person)));
      expect(await allMoney(moved, network, a)).toBe(SUPPLY);
    },
  );
});
