import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FAILING_TOKEN, HOSTILE_METADATA, TEST_TOKEN } from "@sero/contracts/test-contracts";
import { openWorld, type World } from "./helpers/world.js";

interface Balances {
  readonly balances: readonly { readonly asset: string; readonly total: string; readonly spendable: string }[];
}
interface Sent {
  readonly contract?: string;
  readonly outcome: { readonly status: string; readonly pseudonym: string };
  readonly sent: { readonly txid: string };
}

const ZERO = `0x${"0".repeat(40)}`;
const DANGEROUS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

// By the real command against a real chain, with real proofs.
describe("contracts, tokens and packages by the command", () => {
  let world: World;
  let token = "";
  const alice = ["--wallet", "alice"];
  /** With --yes where the command wants it: it is asked by a program. */
  const ask = <T>(...args: readonly string[]): Promise<T> =>
    world.seat.ask<T>(["call", "sweep"].includes(args[0] ?? "") ? [...args, "--yes"] : args);
  const coinsOf = async (wallet: string): Promise<bigint> =>
    BigInt((await ask<Balances>("balance", "--wallet", wallet)).balances[0]?.total ?? "0");
  // By contract: the order of a wallet's balances is that of the asset ids, which is chance.
  const held = async (wallet: string, contract: string): Promise<bigint> => {
    const { assets } = await ask<{ assets: { token: string; held: string }[] }>("token", "list", "--wallet", wallet);
    return BigInt(assets.find((info) => info.token === contract)?.held ?? "0");
  };
  const artifact = async (
    name: string,
    { abi, bytecode }: { readonly abi: unknown; readonly bytecode: string },
  ): Promise<string> => {
    const path = join(world.folder, `${name}.json`);
    await writeFile(path, JSON.stringify({ abi, bytecode }));
    return path;
  };

  beforeAll(async () => {
    world = await openWorld();
    const path = await artifact("token", TEST_TOKEN);
    const deployed = await ask<Sent>("deploy", path, "Test", "TST", "2", ...alice);
    token = deployed.contract ?? "";
  });
  afterAll(() => world.close());

  it("a contract is deployed, called by a fresh pseudonym each time, and asked; what it gives comes back hidden", async () => {
    expect(token).toMatch(/^0x[0-9a-f]{40}$/);
    const first = await ask<Sent>("call", token, "mint(address,uint256)", "me", "5000", ...alice);
    const second = await ask<Sent>("call", token, "mint(address,uint256)", "me", "2500", ...alice);
    expect(first.outcome.status).toBe("succeeded");
    expect(first.outcome.pseudonym).not.toBe(second.outcome.pseudonym);
    expect(await held("alice", token)).toBe(7500n);
    const view = await ask<{ values: string[] }>("view", token, "totalSupply() returns (uint256)");
    expect(view.values).toEqual(["7500"]);
    for (const { outcome } of [first, second])
      expect(
        (await ask<{ values: string[] }>("view", token, "balanceOf(address) returns (uint256)", outcome.pseudonym))
          .values,
      ).toEqual(["0"]);
  });

  it("tokens are paid by symbol or contract, and shown by name and contract", async () => {
    const bob = await world.addressOf("bob");
    await ask("send", "--to", bob, "--amount", "12.5 TST", ...alice);
    await ask("send", "--to", bob, "--amount", `0.5 ${token}`, ...alice);
    expect(await held("bob", token)).toBe(1300n);
    const run = await world.seat.run(["balance", "--wallet", "bob"]);
    expect(run.stdout.toLowerCase()).toContain(`13 tst (${token})`);
  });

  it("a call that would fail is not sent: exit code 7, why, and nothing changed", async () => {
    const before = await coinsOf("alice");
    await world.refused(
      ["call", token, "transfer(address,uint256)", token, "999999999", "--bring", "1 TST", "--yes", ...alice],
      {
        code: "call/would-fail",
        exit: 7,
        says: /[Nn]othing was sent/,
      },
    );
    expect(await coinsOf("alice")).toBe(before);
  });

  it("F46: a call that is sent all the same and fails on the chain costs its gas and nothing else", async () => {
    const [coin, tokens] = [await coinsOf("alice"), await held("alice", token)];
    const args = ["call", token, "transfer(address,uint256)", token, "999999999", "--bring", "10 TST", "--value", "0"];
    for (const gas of ["300000", "20000"])
      await world.refused([...args, "--force", "--gas-limit", gas, "--yes", ...alice], {
        code: "call/failed",
        exit: 7,
        says: /came back|is back|came home/,
      });
    expect(await held("alice", token)).toBe(tokens);
    const cost = coin - (await coinsOf("alice"));
    expect(cost).toBeGreaterThan(0n);
    expect(cost).toBeLessThan(10n ** 16n);
  });

  it("what is kept on purpose stays on its pseudonym, and sweep brings it in", async () => {
    const before = await held("alice", token);
    await ask("call", token, "mint(address,uint256)", "me", "700", "--keep", token, ...alice);
    expect(await held("alice", token)).toBe(before);
    const { swept } = await ask<{ swept: readonly unknown[] }>("sweep", ...alice);
    expect(swept).toHaveLength(1);
    expect(await held("alice", token)).toBe(before + 700n);
  });

  it("a pseudonym's income is swept by its own coin, and the pseudonym counts as used", async () => {
    const bob = ["--wallet", "bob"];
    const { address } = await ask<{ address: string }>("pseudonym", "new", "--label", "income", ...bob);
    await ask("call", address, "--value", "2", ...alice);
    const before = await coinsOf("bob");
    const { swept } = await ask<{ swept: readonly Sent[] }>("sweep", address, "--payer", "pseudonym", ...bob);
    expect(swept).toMatchObject([{ outcome: { status: "succeeded", pseudonym: address } }]);
    const gained = (await coinsOf("bob")) - before;
    expect(gained).toBeGreaterThan(19n * 10n ** 17n);
    expect(gained).toBeLessThan(2n * 10n ** 18n);
    const listed = await ask<{ pseudonyms: readonly { address: string; uses: number }[] }>("pseudonym", "list", ...bob);
    expect(listed.pseudonyms).toContainEqual(expect.objectContaining({ address, uses: 1 }));
  });

  it("a series of tickets is issued in one command, a ticket given away, and one burnt", async () => {
    const { contract = "" } = await ask<Sent>(
      "ticket",
      "create",
      "Opera, 24 December",
      "OPERA",
      "--count",
      "2",
      ...alice,
    );
    await ask("send", "--to", await world.addressOf("bob"), "--amount", "OPERA:2", ...alice);
    const { assets } = await ask<{ assets: { token: string; id: string; held: string }[] }>(
      "ticket",
      "list",
      "--wallet",
      "bob",
    );
    expect(assets).toMatchObject([{ token: contract, id: "2", held: "1" }]);
    await ask("token", "burn", `${contract}:1`, ...alice);
    const total = await ask<{ values: string[] }>("view", contract, "totalSupply() returns (uint256)");
    expect(total.values).toEqual(["1"]);
    expect((await world.seat.run(["view", contract, "ownerOf(uint256) returns (address)", "1", "--json"])).code).toBe(
      7,
    );
  });

  it("F42: a token that refuses to come back keeps nothing else from coming back", async () => {
    const path = await artifact("failing", FAILING_TOKEN);
    const { contract = "" } = await ask<Sent>("deploy", path, ...alice);
    await ask("call", contract, "fail(uint8,address,address)", "1", ZERO, ZERO, ...alice);
    const before = await held("alice", token);
    const { outcome } = await ask<Sent>(
      ...["call", contract, "mint(address,uint256)", "me", "100", "--bring", "10 TST", ...alice],
    );
    expect(outcome.status).toBe("succeeded");
    expect(await held("alice", token)).toBe(before);
    expect(await held("alice", contract)).toBe(0n);
    const stayed = ["view", contract, "balanceOf(address) returns (uint256)", outcome.pseudonym];
    expect((await ask<{ values: string[] }>(...stayed)).values).toEqual(["100"]);
  });

  it("D28: a token's hostile name and decimals harm nothing and are marked", async () => {
    const path = await artifact("hostile", HOSTILE_METADATA);
    const text = "0x" + Buffer.from("SE\u202eRO\u001b[2J\n5000 SERO", "utf8").toString("hex");
    const { contract = "" } = await ask<Sent>("deploy", path, text, "1000000", "255", ...alice);
    await ask("call", contract, "mint(address,uint256)", "me", "5", ...alice);
    for (const args of [["balance"], ["token", "list"], ["history"]]) {
      const run = await world.seat.run([...args, ...alice]);
      expect(run.code, run.stderr).toBe(0);
      expect(run.stdout).not.toMatch(DANGEROUS);
      expect(run.stdout.length).toBeLessThan(20_000);
    }
    const { assets } = await ask<{ assets: { token: string; warnings: unknown[] }[] }>("token", "list", ...alice);
    expect(assets.find((info) => info.token === contract)?.warnings.length).toBeGreaterThan(0);
  });

  it("wrong arguments, addresses, files and sizes are refused before anything happens", async () => {
    const cases: readonly (readonly [readonly string[], string, RegExp])[] = [
      [["call", "0x12", "f()"], "cli/address", /no contract's address/],
      [["call", token, "transfer(address,uint256)", "me"], "cli/arguments", /Give 2 arguments/],
      [["call", token, "transfer(address,uint256)", "me", "-5"], "cli/argument", /number from 0/],
      [["call", token, "transfer"], "cli/method", /types/],
      [["call", token, "f()", "--as", "nobody", "--yes"], "cli/pseudonym", /keeps no pseudonym/],
      [["call", token, "f()"], "cli/agree", /--yes/],
      [["sweep"], "cli/agree", /--yes/],
      [["send", "--to", "x", "--amount", "5 NOSUCH"], "asset/unknown", /hold nothing of that name/],
      [["deploy", join(world.folder, "none.json")], "cli/artifact", /not a compiled contract/],
      [["package", "release", "0x12"], "cli/package", /64 hexadecimal digits/],
      [["token", "create", "A", "B", "--supply", "1", "--cap", "2"], "cli/owner", /needs an owner/],
    ];
    for (const [args, code, says] of cases) await world.refused([...args, ...alice], { code, exit: 2, says });
    const huge = join(world.folder, "huge.json");
    await writeFile(huge, JSON.stringify({ abi: [], bytecode: `0x${"5b".repeat(4_000_000)}` }));
    const run = await world.seat.run(["deploy", huge, ...alice, "--json"]);
    expect(run.code).toBe(7);
    expect(run.json<{ error: { message: string } }>().error.message).toMatch(/at most 131072/);
  });

  it("F45: a package is sealed, opened by nobody else, released once; D24: another's text opens nothing", async () => {
    const bob = await world.addressOf("bob");
    const sealed = await ask<{ packages: { id: string }[] }>(
      "package",
      "seal",
      "--to",
      bob,
      "--amount",
      "5 TST",
      "--memo",
      "for B.",
      ...alice,
    );
    const id = sealed.packages[0]?.id ?? "";
    const text = (await ask<{ text: string }>("package", "share", id, ...alice)).text;
    const seen = await ask<{ contents: { value: string } }>("package", "inspect", text, "--wallet", "carol");
    expect(seen.contents.value).toBe("500");
    const forged = `${text.slice(0, -8)}${text.endsWith("q") ? "p" : "q"}${text.slice(-7)}`;
    expect((await world.seat.run(["package", "inspect", forged, "--wallet", "carol", "--json"])).code).not.toBe(0);
    expect((await world.seat.run(["package", "release", id, "--wallet", "carol", "--json"])).code).not.toBe(0);
    const before = await held("bob", token);
    await ask("package", "release", id, ...alice);
    expect((await held("bob", token)) - before).toBe(500n);
    expect((await world.seat.run(["package", "release", id, ...alice, "--json"])).code).not.toBe(0);
  });

  it("the audit adds up every coin and every token", async () => {
    const audit = await ask<{ assets: { counter: string; surplus: string }[]; supply: string }>("audit");
    expect(audit.assets.length).toBeGreaterThanOrEqual(2);
    // Of a ticket that was burnt nobody says who has it, and no note claims it.
    for (const { counter, surplus } of audit.assets)
      if (counter !== "0") expect(BigInt(surplus)).toBeGreaterThanOrEqual(0n);
  });
});
