import { spawnSync } from "node:child_process";
import { cp, mkdir, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openWallet } from "@sero/wallet";
import { freePort } from "./helpers/command.js";
import { rpc } from "./helpers/rpc.js";
import { contentsOf, openWorld, STACK, type Refusal, type World } from "./helpers/world.js";

const COINS = 10n ** 18n;

const flip = async (file: string, at: number): Promise<void> => {
  const bytes = await readFile(file);
  const place = at < 0 ? bytes.length + at : at;
  bytes[place] = (bytes[place] ?? 0) ^ 4;
  await writeFile(file, bytes);
};

const cut = async (file: string): Promise<void> => truncate(file, Math.floor((await readFile(file)).length / 2));

const mount = (type: readonly string[], place: string): boolean => spawnSync("mount", [...type, place]).status === 0;

describe("stores that are damaged, foreign, locked or full", () => {
  let world: World;
  let spare: string;

  beforeAll(async () => {
    world = await openWorld();
    await world.pay("alice", await world.addressOf("mine"), "10");
    expect((await world.balance("mine")).total).toBe(10n * COINS);
    spare = join(world.folder, "copies");
    await mkdir(spare);
  });
  afterAll(() => world.close());

  /** A copy of the wallet in a folder of its own, to be damaged. */
  const copy = async (name: string): Promise<string> => {
    const place = join(spare, name);
    await cp(world.directory("mine"), place, { recursive: true });
    return place;
  };
  const open = { SERO_PASSPHRASE: "" };
  const refusedAsIs = async (place: string, refusal: Refusal, passphrase = world.passphrase): Promise<void> => {
    const before = await contentsOf(place);
    await world.refused(["balance", "--wallet", place], refusal, { ...open, SERO_PASSPHRASE: passphrase });
    expect(await contentsOf(place), "nothing is written").toEqual(before);
  };

  it("D32: a wrong passphrase is said to be wrong, and nothing is changed", async () => {
    const refusal = { code: "store/wrong-passphrase", exit: 3, says: /^The passphrase is wrong\. Nothing was changed/ };
    await refusedAsIs(world.directory("mine"), refusal, "falsche Losung");
    await refusedAsIs(world.directory("alice"), refusal, world.passphrase);
    const wrong = { SERO_PASSPHRASE: world.passphrase.toUpperCase() };
    await world.told(["send", "--wallet", "mine", "--to", "x", "--amount", "1"], refusal, wrong);
  });

  const damages: readonly [string, (place: string) => Promise<void>, string, RegExp][] = [
    [
      "a key file cut in half",
      (place) => cut(join(place, "keys.sero")),
      "store/damaged",
      /key file is cut off or damaged/,
    ],
    [
      "an empty key file",
      (place) => truncate(join(place, "keys.sero"), 0),
      "store/damaged",
      /key file is cut off or damaged/,
    ],
    [
      "a flipped bit in the key file's header",
      (place) => flip(join(place, "keys.sero"), 20),
      "store/damaged",
      /damaged/,
    ],
    ["a flipped bit in the key file's end", (place) => flip(join(place, "keys.sero"), -1), "store/damaged", /damaged/],
    ["a state file cut in half", (place) => cut(join(place, "state.sero")), "store/damaged", /damaged/],
    ["a flipped bit in the state file", (place) => flip(join(place, "state.sero"), -5), "store/damaged", /damaged/],
    ["no state file", (place) => rm(join(place, "state.sero")), "store/damaged", /damaged|missing/],
    [
      "another wallet's state file",
      (place) => cp(join(world.directory("alice"), "state.sero"), join(place, "state.sero")),
      "store/damaged",
      /./,
    ],
    [
      "a picture in the key file's place",
      (place) =>
        writeFile(
          join(place, "keys.sero"),
          Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), Buffer.alloc(300)]),
        ),
      "store/foreign",
      /not|no /,
    ],
    [
      "a key file of a later version",
      async (place) => {
        const bytes = await readFile(join(place, "keys.sero"));
        bytes[8] = 9;
        await writeFile(join(place, "keys.sero"), bytes);
      },
      "store/newer-format",
      /Update SERO/,
    ],
  ];
  it.each(damages)("D32: %s is told apart, and left as it is", async (what, damage, code, says) => {
    const place = await copy(what.replaceAll(" ", "-"));
    await damage(place);
    await refusedAsIs(place, { code, exit: 3, says });
  });

  it("D32: a damaged state is rebuilt from the chain when asked for, with the same balance", async () => {
    const place = await copy("rebuilt");
    await flip(join(place, "state.sero"), -5);
    await world.seat.ask(["wallet", "sync", "--rebuild", "--wallet", place], { SERO_PASSPHRASE: world.passphrase });
    expect(
      (await readdir(place)).some((name) => name.includes("damaged")),
      "kept aside",
    ).toBe(true);
    expect(await world.balance(place)).toEqual(await world.balance("mine"));
  });

  it("D31, D32: a log torn at its end opens with what was committed before, says so, and finds the rest on the chain", async () => {
    const place = await copy("torn");
    const [log = ""] = (await readdir(place)).filter((name) => name.startsWith("log-"));
    await truncate(join(place, log), (await readFile(join(place, log))).length - 3);
    const run = await world.seat.run(["balance", "--wallet", place], { SERO_PASSPHRASE: world.passphrase });
    expect(run.code).toBe(0);
    expect(run.stderr).toContain("The last write was cut off");
    expect(await world.balance(place)).toEqual(await world.balance("mine"));
  });

  it("D32: no wallet, a second one in its place, and one that another process has open", async () => {
    await world.refused(["balance", "--wallet", "nobody"], { code: "store/none", exit: 3, says: /no wallet/i });
    expect(await readdir(join(world.seat.home, "wallets"))).not.toContain("nobody");
    const before = await contentsOf(world.directory("mine"));
    const exists = { code: "store/exists", exit: 3, says: /There is a wallet here already/ };
    await world.refused(["wallet", "create", "--wallet", "mine"], exists);
    await world.refused(["wallet", "restore", "--wallet", "mine"], exists, { SERO_PHRASE: world.phrase });
    const wallet = await openWallet({
      directory: world.directory("mine"),
      node: world.dev.url,
      passphrase: world.passphrase,
    });
    await world.refused(["balance", "--wallet", "mine"], {
      code: "store/locked",
      exit: 3,
      says: /^Another process has this wallet open\. Close it there first\.$/,
    });
    await wallet.close();
    expect(await contentsOf(world.directory("mine"))).toEqual(before);
  });

  // A small disk needs the right to mount one. Elsewhere the packages' own tests (D32: a full disk) stand in with a failing file system.
  const place = join("/tmp", `sero-e2e-small-disk-${process.pid}`);
  const probe =
    spawnSync("mkdir", ["-p", place]).status === 0 && mount(["-t", "tmpfs", "-o", "size=24m", "tmpfs"], place);
  const unmount = (): void => void spawnSync("umount", [place]);
  if (probe) {
    afterAll(async () => {
      unmount();
      await rm(place, { recursive: true, force: true });
    });

    it("D32: a full disk is a clear error, the wallet stays whole, and goes on once there is space", async () => {
      const wallet = join(place, "wallet");
      await cp(world.directory("mine"), wallet, { recursive: true });
      const filler = spawnSync("dd", ["if=/dev/zero", `of=${join(place, "filler")}`, "bs=4k"]);
      expect(filler.status).not.toBe(0);
      await world.pay("alice", await world.addressOf("mine"), "2");
      for (let block = 0; block < 3; block++) await rpc(world.dev.url, "sero_sealBlock");
      const before = await contentsOf(wallet);
      await world.refused(["balance", "--wallet", wallet], {
        code: "store/disk-full",
        exit: 3,
        says: /^The disk is full\. The wallet's last saved state is whole; free some space and try again\.$/,
      });
      expect(await contentsOf(wallet)).toEqual(before);
      const bob = await world.addressOf("bob");
      const pool = await rpc(world.dev.url, "sero_poolTotals");
      await world.refused(["send", "--wallet", wallet, "--to", bob, "--amount", "1"], {
        code: "store/disk-full",
        exit: 3,
        says: /The disk is full/,
      });
      expect(await rpc(world.dev.url, "sero_poolTotals"), "nothing was paid").toEqual(pool);
      await rm(join(place, "filler"));
      expect((await world.balance(wallet)).total).toBe(12n * COINS);
    });

    it("D32: a chain on a disk that is nearly full is not begun, with a sentence", async () => {
      const run = await world.seat.run(["dev", "--rpc-port", String(await freePort()), "--home", join(place, "home")]);
      expect(run.code).toBe(3);
      expect(run.stderr).toBe(
        "The disk is full, so no block can be stored. Nothing was lost: free some space and start the node again.\n",
      );
      expect(run.stdout + run.stderr).not.toMatch(STACK);
    });
  }

  it("erasing takes the wallet's files away and says what the chain still holds", async () => {
    const gone = await copy("erased");
    const { sentences } = await world.seat.ask<{ sentences: string[] }>(
      ["wallet", "erase", "--yes", "--wallet", gone],
      { SERO_PASSPHRASE: world.passphrase },
    );
    expect(sentences.join(" ")).toMatch(/chain keeps every transaction/);
    expect((await readdir(gone)).filter((name) => name.endsWith(".sero"))).toEqual([]);
    await world.refused(["balance", "--wallet", gone], { code: "store/none", exit: 3, says: /no wallet/i });
  });

  it("D32: no secret was printed", () => {
    const transcript = world.seat.transcript();
    const words = world.phrase.split(" ");
    expect(transcript).not.toContain(world.passphrase);
    expect(transcript).not.toContain("falsche Losung");
    for (let i = 0; i + 3 <= words.length; i++) expect(transcript).not.toContain(words.slice(i, i + 3).join(" "));
  });
});
