import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeAddress, encodeAddress } from "@sero/protocol";
import { formatLink } from "@sero/wallet";
import { contentsOf, openWorld, type World } from "./helpers/world.js";

const COINS = 10n ** 18n;

describe("bad input", () => {
  let world: World;
  let bob: string;
  let before: Readonly<Record<string, string>>;

  beforeAll(async () => {
    world = await openWorld();
    bob = await world.addressOf("bob");
    await world.pay("alice", await world.addressOf("mine"), "10");
    expect((await world.balance("mine")).total).toBe(10n * COINS);
    before = await contentsOf(world.directory("mine"));
  });
  afterAll(() => world.close());

  const send = (...args: readonly string[]): string[] => ["send", "--wallet", "mine", ...args];
  /** Nothing was written and nothing was paid. */
  const untouched = async (): Promise<void> => {
    expect(await contentsOf(world.directory("mine"))).toEqual(before);
    expect(await world.balance("mine")).toEqual({ total: 10n * COINS, spendable: 10n * COINS, pending: 0n });
  };

  it("a wrong address is refused with the place of the mistake", async () => {
    const to = (address: string): string[] => send("--to", address, "--amount", "1");
    for (const at of [9, bob.length - 1]) {
      const wrong = `${bob.slice(0, at)}${bob[at] === "q" ? "p" : "q"}${bob.slice(at + 1)}`;
      const { values } = await world.refused(to(wrong), {
        code: "address/checksum",
        exit: 2,
        says: new RegExp(`^Character ${at + 1} of an address is wrong\\.$`),
      });
      expect(values["position"]).toBe(at + 1);
    }
    const cyrillic = `${bob.slice(0, 20)}а${bob.slice(21)}`;
    await world.told(to(cyrillic), { code: "", exit: 2, says: /^Character 21 cannot stand in an address\.$/ });
    const cases: readonly [string, string, RegExp][] = [
      [`${bob.slice(0, 20)}b${bob.slice(21)}`, "address/character", /^Character 21 cannot stand in an address\.$/],
      [bob.slice(0, -3), "address/checksum", /more than one character is wrong or missing/],
      ["0x52908400098527886E0F7030069857D2E4169EE7", "address/case", /lower case or in upper case/],
    ];
    for (const [address, code, says] of cases) await world.refused(to(address), { code, exit: 2, says });
    await untouched();
  });

  it("an address of another network is refused, and both networks are named", async () => {
    const elsewhere = encodeAddress(decodeAddress(bob, "serodev"), "sero");
    await world.refused(send("--to", elsewhere, "--amount", "1"), {
      code: "address/network",
      exit: 2,
      says: /^This address is for sero, not for serodev\.$/,
    });
    await untouched();
  });

  it("an amount that is negative, none, too precise or too large is refused", async () => {
    const cases: readonly [string, string, RegExp][] = [
      ["-5", "amount/negative", /not negative/],
      ["0", "amount/zero", /above zero/],
      ["0.0000000000000000001", "amount/too-precise", /at most 18 digits/],
      ["340282366920938463464", "amount/too-large", /below 2\^128/],
      ["1,5", "amount/syntax", /in digits, with a point/],
    ];
    for (const [amount, code, says] of cases)
      await world.refused(send("--to", bob, "--amount", amount), { code, exit: 2, says });
    await world.told(send("--to", bob, "--amount", "-5"), { code: "", exit: 2, says: /not negative/ });
    await untouched();
  });

  it("funds that don't suffice are refused", async () => {
    await world.refused(send("--to", bob, "--amount", "10"), {
      code: "funds/insufficient",
      exit: 5,
      says: /^This needs 10\.\d+ SERO with its fee; [\d.]+ SERO can be spent now and 0 SERO is pending\./,
    });
    await world.told(send("--to", bob, "--amount", "6", "--to", bob, "--amount", "6"), {
      code: "",
      exit: 5,
      says: /^This needs 12\.\d+ SERO with its fee/,
    });
    await untouched();
  });

  it("a bad link is refused with the place of the mistake, counted from 1 for people", async () => {
    const good = formatLink({
      payments: [
        { address: bob, amount: 2n * COINS, asset: 0n as never, memo: "m", label: undefined, message: undefined },
      ],
    });
    const wrongAt = 5 + 60;
    const spoiled = `${good.slice(0, wrongAt)}${good[wrongAt] === "q" ? "p" : "q"}${good.slice(wrongAt + 1)}`;
    const inAddress = await world.refused(send("--link", spoiled), {
      code: "address/checksum",
      exit: 2,
      says: /^Character 61 of an address is wrong\.$/,
    });
    expect(inAddress.values["position"]).toBe(wrongAt);
    const amountAt = good.indexOf("amount=") + 7;
    const cases: readonly [string, string, number][] = [
      ["http://example.org", "link/scheme", 0],
      [good.replace("amount=2", "amount=-2"), "link/amount", amountAt],
      [`${good}&amount=3`, "link/duplicate", good.length + 1],
      [`${good}&req-shipping=fast`, "link/required", good.length + 1],
      [`${good}&amount.1=3`, "link/address-missing", good.length + 10],
      [`${good} `, "link/character", good.length],
    ];
    for (const [link, code, position] of cases) {
      const { values } = await world.refused(send("--link", link), { code, exit: 2, says: /link/ });
      expect(values["position"], link).toBe(position);
    }
    const twice = await world.told(send("--link", `${good}&amount=3`), { code: "", exit: 2, says: /twice for one/ });
    expect(twice).toContain(`(character ${good.length + 2} of the link)`);
    await world.refused(send("--link", good.replace("amount=2", "amount=0.0000000000000000001")), {
      code: "amount/too-precise",
      exit: 2,
      says: /at most 18 digits/,
    });
    await untouched();
  });

  it("payments that don't fit together, a memo too long, an account and a price step that aren't there", async () => {
    await world.refused(send("--to", bob), { code: "cli/payments", exit: 2, says: /once for each recipient/ });
    await world.refused(send(), { code: "cli/payments", exit: 2, says: /once for each recipient/ });
    await world.refused(send("--to", bob, "--amount", "1", "--memo", "x".repeat(20_000)), {
      code: "memo/too-long",
      exit: 2,
      says: /Shorten the memo/,
    });
    await world.refused(send("--to", bob, "--amount", "1", "--account", "7"), {
      code: "wallet/no-account",
      exit: 3,
      says: /no such account/,
    });
    await world.refused(send("--to", bob, "--amount", "1", "--price-step", "8"), {
      code: "cli/number",
      exit: 2,
      says: /from 0 to 7/,
    });
    await untouched();
  });

  it("phrases and view keys that are wrong are refused without repeating them", async () => {
    const words = world.phrase.split(" ");
    const typo = { SERO_PHRASE: [...words.slice(0, 4), "gardne", ...words.slice(5)].join(" ") };
    const restore = ["wallet", "restore", "--wallet", "another"];
    const { values } = await world.refused(restore, { code: "phrase/word", exit: 2, says: /5/ }, typo);
    expect(values["position"] ?? values["word"] ?? values["index"]).toBe(5);
    await world.refused(restore, { code: "phrase/length", exit: 2, says: /12/ }, { SERO_PHRASE: "abandon" });
    const viewing = [...restore, "--view-key"];
    await world.refused(viewing, { code: "view-key/format", exit: 2, says: /./ }, { SERO_VIEW_KEY: "nonsense" });
    const ahead = [...restore, "--birthday", "4000000"];
    await world.refused(
      ahead,
      { code: "wallet/birthday", exit: 3, says: /already has/ },
      { SERO_PHRASE: world.phrase },
    );
    expect(await readdir(join(world.seat.home, "wallets"))).not.toContain("another");
  });

  it("transactions and disclosures that are none", async () => {
    await world.refused(["tx", "0x12"], { code: "cli/txid", exit: 2, says: /64 hex(adecimal)? digits/ });
    await world.refused(["tx", `0x${"12".repeat(32)}`], { code: "cli/no-transaction", exit: 2, says: /./ });
    await world.refused(["verify-disclosure", "nonsense"], { code: "disclosure/format", exit: 6, says: /./ });
    await world.refused(["disclose", "0x12", "--wallet", "mine"], { code: "wallet/txid", exit: 2, says: /64 hex/ });
  });

  it("a secret that is missing, or in a file that isn't there, is asked for and never an argument", async () => {
    const none = { SERO_PASSPHRASE: undefined };
    await world.refused(
      ["balance", "--wallet", "mine"],
      { code: "cli/no-secret", exit: 2, says: /^Passphrase of mine is needed\. Set SERO_PASSPHRASE/ },
      none,
    );
    const missing = join(world.folder, "nothing-here");
    await world.refused(
      ["balance", "--wallet", "mine", "--passphrase-file", missing],
      { code: "cli/secret-file", exit: 2, says: /can't be read/ },
      none,
    );
    const file = join(world.folder, "passphrase");
    await writeFile(file, `${world.passphrase}\n`, { mode: 0o600 });
    const { address } = await world.seat.ask<{ address: string }>(
      ["address", "--wallet", "mine", "--passphrase-file", file],
      none,
    );
    expect(address).toMatch(/^serodev1/);
    const { stderr, code } = await world.seat.run(["wallet", "create", "--passphrase", "x"]);
    expect(code).toBe(2);
    expect(stderr).toContain("unknown option '--passphrase'");
  });

  it("--yes has to be said for what can't be undone", async () => {
    await world.refused(["wallet", "erase", "--wallet", "mine"], { code: "cli/confirm", exit: 2, says: /Add --yes/ });
    await untouched();
  });

  it("D32: no phrase and no passphrase is in anything that was printed, or in any file", async () => {
    const words = world.phrase.split(" ");
    const runs = words.slice(0, -2).map((_, i) => words.slice(i, i + 3).join(" "));
    const secrets = [world.passphrase, "jagen", "gardne", ...runs];
    const transcript = world.seat.transcript();
    expect(transcript).toContain("send --wallet mine");
    for (const secret of secrets) expect(transcript.includes(secret), "printed").toBe(false);
    for (const entry of await readdir(world.seat.home, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const bytes = await readFile(join(entry.parentPath, entry.name));
      for (const secret of secrets) expect(bytes.includes(Buffer.from(secret)), entry.name).toBe(false);
    }
  });
});
