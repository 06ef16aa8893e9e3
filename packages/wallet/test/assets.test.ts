import { describe, expect, it } from "vitest";
import { encodeAbiParameters } from "viem";
import {
  SeroError,
  assetIdOf,
  bigIntToBytes,
  fromHex,
  toHex,
  utf8,
  type AssetId,
  type EthAddress,
} from "@sero/protocol";
import {
  COIN_INFO,
  assetInfos,
  findAsset,
  formatAssetAmount,
  httpClient,
  imitatesCoin,
  memoryFiles,
  openRegistry,
  parseAssetAmount,
  readMetadata,
  syncMetadata,
  syncRegistry,
  type AssetAnswer,
  type AssetInfo,
  type ContractMetadata,
  type NodeClient,
} from "../src/index.js";
import { createDatabase } from "../src/store/database.js";
import { testChain } from "./helpers/wallets.js";

const contract = (n: number): EthAddress => bigIntToBytes(BigInt(n), 20) as EthAddress;
const GOLD = contract(0x601d);
const NAME = "0x06fdde03";
const SYMBOL = "0x95d89b41";
const abiString = (text: string): Uint8Array => fromHex(encodeAbiParameters([{ type: "string" }], [text]));
const abiNumber = (value: bigint): Uint8Array => bigIntToBytes(value, 32);
const bytes32 = (text: string): Uint8Array => Uint8Array.from({ length: 32 }, (_, i) => utf8(text)[i] ?? 0);

/** Says what a contract answers to name(), symbol() and decimals(); undefined: it reverts. */
async function clientOf(answers: {
  readonly name?: Uint8Array;
  readonly symbol?: Uint8Array;
  readonly decimals?: Uint8Array;
}): Promise<NodeClient> {
  const chain = await testChain([]);
  return chain.client({
    call: async ({ data }) => {
      const kind = toHex(data) === NAME ? "name" : toHex(data) === SYMBOL ? "symbol" : "decimals";
      const answer = answers[kind];
      if (answer === undefined) throw new SeroError("rpc/refused", "execution reverted");
      return answer;
    },
  });
}

const metadata = (symbol: string, name = symbol, decimals: number | undefined = 2): ContractMetadata => ({
  name,
  symbol,
  decimals,
  faults: [],
});
const token = (n: number, about: ContractMetadata | undefined) => {
  const asset = assetIdOf(1, contract(n), 0n);
  return {
    asset,
    registered: { asset, kind: "token" as const, token: contract(n), id: 0n, block: 1n },
    metadata: about,
  };
};
const ticket = (n: number, id: bigint, about: ContractMetadata | undefined) => {
  const asset = assetIdOf(2, contract(n), id);
  return { asset, registered: { asset, kind: "ticket" as const, token: contract(n), id, block: 1n }, metadata: about };
};
const codesOf = (info: AssetInfo | undefined): string[] => (info?.warnings ?? []).map(({ code }) => code);
const codeOf = (run: () => unknown): string => {
  try {
    run();
    return "ok";
  } catch (error) {
    return (error as SeroError).code;
  }
};

describe("what contracts say about themselves", () => {
  it("reads name, symbol and decimals, and the bytes32 of early tokens", async () => {
    const plain = { name: abiString("Gold coin"), symbol: abiString("GOLD"), decimals: abiNumber(6n) };
    expect(await readMetadata(await clientOf(plain), GOLD, "token")).toEqual({
      name: "Gold coin",
      symbol: "GOLD",
      decimals: 6,
      faults: [],
    });
    const maker = { name: bytes32("Maker"), symbol: bytes32("MKR"), decimals: abiNumber(18n) };
    expect(await readMetadata(await clientOf(maker), GOLD, "token")).toMatchObject({ name: "Maker", symbol: "MKR" });
    expect(await readMetadata(await clientOf(plain), GOLD, "ticket")).toMatchObject({
      decimals: undefined,
      faults: [],
    });
  });

  it("D28: whatever a contract answers does no harm: nothing, cut, endless, nonsense, too many decimals", async () => {
    const cut = abiString("a long name that is cut off before its end").subarray(0, 70);
    const wild = encodeAbiParameters([{ type: "uint256" }, { type: "uint256" }], [2n ** 255n, 2n ** 256n - 1n]);
    for (const answer of [
      undefined,
      new Uint8Array(0),
      new Uint8Array(5),
      cut,
      fromHex(wild),
      new Uint8Array(64).fill(255),
    ]) {
      const given = answer === undefined ? {} : { name: answer, symbol: answer, decimals: answer };
      const read = await readMetadata(await clientOf(given), GOLD, "token");
      expect(read).toEqual({
        name: undefined,
        symbol: undefined,
        decimals: undefined,
        faults: ["name", "symbol", "decimals"],
      });
    }
    for (const decimals of [37n, 255n, 256n, 2n ** 255n + 18n, 2n ** 256n - 1n]) {
      const read = await readMetadata(await clientOf({ decimals: abiNumber(decimals) }), GOLD, "token");
      expect(read.decimals).toBeUndefined();
    }
    const long = await readMetadata(await clientOf({ name: abiString("x".repeat(10_000)) }), GOLD, "token");
    expect(long.name).toHaveLength(256);
    const [, info] = assetInfos([token(1, long)]);
    expect(info?.name).toHaveLength(64);
    expect(info?.decimals).toBe(0);
    expect(codesOf(info)).toContain("bad-metadata");
  });

  it("D28: a name of a megabyte is not even read", async () => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, result: toHex(abiString("x".repeat(1 << 20))) });
    let pieces = 0;
    const endless = (): ReadableStream<Uint8Array> =>
      new ReadableStream({
        pull: (controller) => {
          controller.enqueue(utf8(body.slice(16_384 * pieces, 16_384 * (pieces + 1))));
          if (++pieces * 16_384 >= body.length) controller.close();
        },
      });
    const client = httpClient("http://127.0.0.1:1", { fetch: async () => new Response(endless()), retries: 0 });
    const read = await readMetadata(client, GOLD, "ticket");
    expect(read.faults).toEqual(["name", "symbol"]);
    // Two questions, of which each stopped after about 33,000 bytes of two million.
    expect(pieces).toBeLessThan(20);
  });

  it("a node that is away is an error, and no fault of the contract", async () => {
    const away = (await testChain([])).client({ call: () => Promise.reject(new SeroError("rpc/unreachable", "away")) });
    await expect(readMetadata(away, GOLD, "token")).rejects.toMatchObject({ code: "rpc/unreachable" });
  });
});

describe("assets for people", () => {
  it("D28: names are shown without what could fool a reader, always with the whole address of the contract", () => {
    const evil = metadata("\u202eDLOG\u001b[2J", "<b>Go\u200bld</b>\r\nSERO: 5");
    const [coin, info] = assetInfos([token(0x601d, evil)]);
    expect(coin).toBe(COIN_INFO);
    expect(info?.symbol).toBe("\ufffdDLOG\ufffd[2J");
    expect(info?.name).not.toMatch(/[\r\n\u200b\u202e\u001b]/);
    expect(codesOf(info)).toEqual(["unsafe-characters"]);
    expect(info?.label).toBe("\ufffdDLOG\ufffd[2J (0x000000000000000000000000000000000000601D)");
    const [, art] = assetInfos([ticket(9, 7n, metadata("ART"))]);
    expect(art?.label).toBe("ART #7 (0x0000000000000000000000000000000000000009)");
    expect(art?.decimals).toBe(0);
  });

  it("D28: a token that calls itself like the coin is found out in any script", () => {
    const fakes = [
      "SERO",
      "sero",
      "ЅЕRО",
      "SER0",
      "S\u200bERO",
      "ＳＥＲＯ",
      "𝐒𝐄𝐑𝐎",
      "s e r o",
      "Sérô",
      "$ERO",
      "ꜱᴇʀᴏ",
      "S.E.R.O",
      "SEᏒO",
    ];
    for (const fake of fakes) {
      expect(imitatesCoin(fake), fake).toBe(true);
      const [, info] = assetInfos([token(5, metadata(fake, "Some name"))]);
      expect(codesOf(info), fake).toContain("imitates-coin");
      expect(info?.label).toContain("0x0000000000000000000000000000000000000005");
    }
    for (const honest of ["WSERO", "HERO", "ZERO", "SEROS", "GOLD", ""])
      expect(imitatesCoin(honest), honest).toBe(false);
    const [, byName] = assetInfos([token(5, metadata("X", "SERO"))]);
    expect(codesOf(byName)).toEqual(["imitates-coin"]);
  });

  it("D28: two contracts of one symbol are named apart, also when one imitates the other", () => {
    const infos = assetInfos([
      token(5, metadata("GOLD")),
      token(6, metadata("GOLD")),
      token(7, metadata("G0LD")),
      token(8, metadata("TIN")),
    ]);
    for (const info of infos.slice(1, 4)) expect(codesOf(info)).toEqual(["same-symbol"]);
    expect(infos[1]?.warnings[0]?.sentence).toContain("0x0000000000000000000000000000000000000007");
    expect(codesOf(infos[4])).toEqual([]);
    // Two tickets of one contract are no imitations.
    const tickets = assetInfos([ticket(9, 1n, metadata("ART")), ticket(9, 2n, metadata("ART"))]);
    expect(tickets.flatMap(codesOf)).toEqual([]);
  });

  it("an asset that no node has named a contract for is shown as unknown", () => {
    const asset = 77n as AssetId;
    const [, info] = assetInfos([{ asset, registered: undefined, metadata: undefined }]);
    expect(info).toMatchObject({ kind: "unknown", token: undefined, decimals: 0 });
    expect(codesOf(info)).toEqual(["unregistered"]);
    expect(formatAssetAmount(5n, info as AssetInfo)).toMatch(/^5 base units of asset 0x0+4d$/);
  });
});

describe("amounts as people write them", () => {
  const infos = assetInfos([
    token(5, metadata("GOLD")),
    token(6, metadata("TIN", "Tin", 0)),
    token(7, metadata("TIN")),
    token(8, metadata("SERO")),
    token(10, metadata("G\u043eLD")),
    token(11, metadata("COAL", "Coal", 6)),
    ticket(9, 7n, metadata("ART")),
    token(12, undefined),
  ]);
  const address = (n: number): string => toHex(contract(n));

  it("reads coins, tokens by symbol or contract, and tickets, and writes them back", () => {
    expect(parseAssetAmount("12.5", infos)).toMatchObject({ asset: 0n, amount: 125n * 10n ** 17n });
    expect(parseAssetAmount(" 1 SERO ", infos)).toMatchObject({ asset: 0n, amount: 10n ** 18n });
    const coal = parseAssetAmount("12.5 coal", infos);
    expect(coal).toMatchObject({ asset: assetIdOf(1, contract(11), 0n), amount: 12_500_000n });
    expect(formatAssetAmount(coal.amount, coal.info)).toBe("12.5 COAL (0x000000000000000000000000000000000000000b)");
    expect(parseAssetAmount(`3 ${address(6)}`, infos)).toMatchObject({
      asset: assetIdOf(1, contract(6), 0n),
      amount: 3n,
    });
    for (const text of ["ART:7", `${address(9)}:7`]) {
      const art = parseAssetAmount(text, infos);
      expect(art).toMatchObject({ asset: assetIdOf(2, contract(9), 7n), amount: 1n });
      expect(formatAssetAmount(1n, art.info)).toMatch(/^ART #7 \(0x/);
    }
    expect(findAsset(toHex(bigIntToBytes(assetIdOf(1, contract(11), 0n), 32)), infos).symbol).toBe("COAL");
  });

  it("D28: never guesses which contract a name means", () => {
    expect(codeOf(() => parseAssetAmount("1 TIN", infos))).toBe("asset/ambiguous");
    // GOLD is held, and so is something that looks like it: neither goes by its name.
    expect(codeOf(() => parseAssetAmount("1 GOLD", infos))).toBe("asset/suspicious");
    expect(codeOf(() => parseAssetAmount("1 G\u043eLD", infos))).toBe("asset/suspicious");
    expect(parseAssetAmount(`1 ${address(5)}`, infos).info.symbol).toBe("GOLD");
    // SERO is the coin, whatever else calls itself so.
    expect(findAsset("SERO", infos).kind).toBe("coin");
    expect(findAsset(address(8), infos).label).toContain(address(8));
    expect(codeOf(() => parseAssetAmount("1 SILVER", infos))).toBe("asset/unknown");
    expect(codeOf(() => parseAssetAmount("ART:8", infos))).toBe("asset/unknown");
    expect(codeOf(() => parseAssetAmount("0 COAL", infos))).toBe("amount/zero");
    expect(codeOf(() => parseAssetAmount("-1 COAL", infos))).toBe("amount/negative");
    expect(codeOf(() => parseAssetAmount("1.2345678 COAL", infos))).toBe("amount/too-precise");
    expect(codeOf(() => parseAssetAmount("1e3 COAL", infos))).toBe("amount/syntax");
    expect(codeOf(() => parseAssetAmount("", infos))).toBe("amount/empty");
  });
});

describe("the registry of assets", () => {
  const answer = (n: number, block: bigint, lie: Partial<AssetAnswer> = {}): AssetAnswer => ({
    asset: assetIdOf(1, contract(n), 0n),
    kind: "token",
    token: contract(n),
    id: 0n,
    block,
    ...lie,
  });
  const open = async () => {
    const files = memoryFiles();
    const [key, id] = [new Uint8Array(32), new Uint8Array(16)];
    const database = await createDatabase(files, key, id);
    return { database, registry: openRegistry(database) };
  };

  it("D24: an asset id that is not its contract's hash names nothing, whoever says so", async () => {
    const { database, registry } = await open();
    const { asset } = answer(5, 1n);
    const id = assetIdOf(2, contract(9), 7n);
    registry.add(
      [
        answer(5, 1n, { token: contract(6) }),
        answer(5, 1n, { kind: "ticket" }),
        answer(5, 1n, { id: 1n }),
        answer(9, 1n, { asset: id, kind: "ticket", id: 8n }),
        answer(9, 2n, { asset: id, kind: "ticket", id: 7n }),
        answer(7, 1n, { asset: 12345n as AssetId }),
      ],
      10n,
    );
    expect(registry.get(asset)).toBeUndefined();
    expect(registry.get(12345n as AssetId)).toBeUndefined();
    // The truth beside a lie is found.
    expect(registry.get(id)).toMatchObject({ kind: "ticket", id: 7n, block: 2n });
    registry.rewind(2n);
    registry.add([answer(5, 3n)], 12n);
    expect(registry.get(asset)).toMatchObject({ token: contract(5), block: 3n });
    expect(openRegistry(database).get(asset)).toEqual(registry.get(asset));
    expect(openRegistry(database).until).toBe(12n);
  });

  it("D30: asks whole ranges from the last block that is still on the chain, and forgets what was beyond", async () => {
    const { registry } = await open();
    const chain = await testChain([]);
    const asked: [bigint, bigint][] = [];
    let answers = [answer(5, 3n), answer(6, 12_000n)];
    const client = chain.client({
      assets: async (from, to) => {
        asked.push([from, to]);
        return answers.filter(({ block }) => block >= from && block <= to);
      },
    });
    await syncRegistry(registry, client, -1n, 25_000n);
    expect(asked).toEqual([
      [0n, 9_999n],
      [10_000n, 19_999n],
      [20_000n, 25_000n],
    ]);
    registry.setMetadata(contract(6), metadata("SIX"));
    registry.setMetadata(contract(5), metadata("FIVE"));
    // A reorganisation: the second was never registered.
    answers = [answer(5, 3n), answer(7, 11_500n)];
    await syncRegistry(registry, client, 11_000n, 25_001n);
    expect(asked.at(-2)).toEqual([11_001n, 21_000n]);
    expect(registry.get(answer(6, 0n).asset)).toBeUndefined();
    expect(registry.metadataOf(contract(6))).toBeUndefined();
    expect(registry.metadataOf(contract(5))?.symbol).toBe("FIVE");
    expect(registry.get(answer(7, 0n).asset)?.block).toBe(11_500n);
    const before = asked.length;
    await syncRegistry(registry, client, 25_001n, 25_001n);
    expect(asked).toHaveLength(before);
  });

  it("D29: blocks that somebody filled with registrations stop nobody: a range that holds too many is halved", async () => {
    const { registry } = await open();
    const chain = await testChain([]);
    // One in each of 30 blocks, and one block with more than an answer may hold of several.
    const one = Array.from({ length: 30 }, (_, i) => answer(100 + i, 4_000n + BigInt(i)));
    const full = Array.from({ length: 25 }, (_, i) => answer(200 + i, 9_000n));
    const all = [...one, ...full, answer(7, 24_000n)];
    let asked = 0;
    const client = chain.client({
      assets: async (from, to) => {
        asked++;
        const found = all.filter(({ block }) => block >= from && block <= to);
        if (found.length > 10 && to > from) throw new SeroError("rpc/limit", "Too many. Ask for fewer blocks.");
        return found;
      },
    });
    await syncRegistry(registry, client, -1n, 25_000n);
    expect(registry.until).toBe(25_000n);
    for (const { asset, block } of all) expect(registry.get(asset)?.block).toBe(block);
    expect(asked).toBeLessThan(120);
    // One that refuses a single block too is not asked for ever.
    const never = chain.client({ assets: () => Promise.reject(new SeroError("rpc/limit", "Never.")) });
    await expect(syncRegistry(registry, never, 25_000n, 50_000n)).rejects.toMatchObject({ code: "rpc/limit" });
  });

  it("a node that does not know of assets names none", async () => {
    const { registry } = await open();
    const chain = await testChain([]);
    const old = chain.client({
      assets: () => Promise.reject(new SeroError("rpc/refused", "no such method", { rpcCode: -32601 })),
    });
    await syncRegistry(registry, old, -1n, 5n);
    expect(registry.until).toBe(-1n);
  });

  it("D28: a contract that changes its decimals is not believed any more", async () => {
    const { registry } = await open();
    registry.add([answer(5, 1n)], 1n);
    const registered = registry.get(answer(5, 1n).asset);
    const ask = async (decimals: bigint, again: boolean) =>
      syncMetadata(
        registry,
        await clientOf({ symbol: abiString("GOLD"), name: abiString("Gold"), decimals: abiNumber(decimals) }),
        registered === undefined ? [] : [registered],
        again,
      );
    const info = () =>
      assetInfos([{ asset: answer(5, 1n).asset, registered, metadata: registry.metadataOf(contract(5)) }])[1];
    expect(await ask(18n, false)).toBe(1);
    expect(info()).toMatchObject({ decimals: 18, warnings: [] });
    expect(await ask(0n, false)).toBe(0);
    expect(await ask(0n, true)).toBe(1);
    expect(info()).toMatchObject({ decimals: 0, warnings: [{ code: "bad-metadata" }] });
    await ask(0n, true);
    expect(codesOf(info())).toEqual(["bad-metadata"]);
  });
});
