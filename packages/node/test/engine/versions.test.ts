import { FORKS, toHex } from "@sero/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  alteredV3,
  attributesAt,
  invalid,
  ROOT,
  startEngineNode,
  SYNCING,
  valid,
  ZERO,
  type EngineNode,
  type ForkchoiceJson,
  type PayloadJson,
} from "../helpers/engine.js";
import { testSpec } from "../helpers/node.js";

const INVALID_PARAMS = -32602;
const INVALID_ATTRIBUTES = -38003;
const UNSUPPORTED_FORK = -38005;

const plain = testSpec();
const spec = testSpec({
  cancunTime: plain.genesisTime + 100n,
  pragueTime: plain.genesisTime + 200n,
  osakaTime: plain.genesisTime + 300n,
});
const BEACON = { parentBeaconBlockRoot: ROOT };
/** Seconds since genesis of a block of each fork. */
const AT: Readonly<Record<string, bigint>> = { shanghai: 50n, cancun: 150n, prague: 250n, osaka: 350n };
const requestsOf = (fork: string): readonly string[] | undefined =>
  fork === "prague" || fork === "osaka" ? [] : undefined;

describe("versions of the methods", () => {
  let node: EngineNode;
  beforeAll(async () => {
    node = await startEngineNode({ spec });
  });
  afterAll(() => node.test.stop());

  const refused = (code: number): object => ({ code });
  const start = (version: number, attributes: object): Promise<ForkchoiceJson> =>
    node.call(
      `engine_forkchoiceUpdatedV${version}`,
      { headBlockHash: node.genesis, safeBlockHash: ZERO, finalizedBlockHash: ZERO },
      attributes,
    );
  const attributesOf = (fork: string, more?: object): object =>
    attributesAt(spec.genesisTime + AT[fork]!, more ?? (fork === "shanghai" ? {} : BEACON));

  for (const fork of FORKS) {
    const right = 2 + FORKS.indexOf(fork);
    it(`a payload of ${fork} is built, handed out and taken in by the versions of its fork alone`, async () => {
      const started = await start(fork === "shanghai" ? 2 : 3, attributesOf(fork));
      for (const version of [2, 3, 4, 5]) {
        const answer = node.call<{ executionPayload: PayloadJson }>(`engine_getPayloadV${version}`, started.payloadId);
        if (version !== right) await expect(answer).rejects.toMatchObject(refused(UNSUPPORTED_FORK));
        else expect((await answer).executionPayload.parentHash).toBe(node.genesis);
      }
      const built = await node.call<Record<string, unknown> & { executionPayload: PayloadJson }>(
        `engine_getPayloadV${right}`,
        started.payloadId,
      );
      const bundle = { blobsBundle: { commitments: [], proofs: [], blobs: [] }, shouldOverrideBuilder: false };
      const expected = {
        executionPayload: built.executionPayload,
        blockValue: "0x0",
        ...(right > 2 && bundle),
        ...(right > 3 && { executionRequests: [] }),
      };
      expect(built).toEqual(expected);
      const payload = built.executionPayload;
      const withBlobs = fork === "shanghai" ? { ...payload, blobGasUsed: "0x0", excessBlobGas: "0x0" } : payload;
      const withoutBlobs = { ...payload, blobGasUsed: null, excessBlobGas: null };
      const attempts: readonly (readonly [version: number, params: unknown[]])[] = [
        [2, [withoutBlobs]],
        [3, [withBlobs, [], ROOT]],
        [4, [withBlobs, [], ROOT, []]],
      ];
      for (const [version, params] of attempts) {
        const isRight = version === Math.min(right, 4);
        const answer = node.call(`engine_newPayloadV${version}`, ...params);
        if (!isRight) await expect(answer).rejects.toMatchObject(refused(UNSUPPORTED_FORK));
        else expect(await answer).toEqual(valid(payload.blockHash));
      }
      // Any version moves the head to a block of any fork, as long as nothing is to be built.
      for (const version of [1, 2, 3]) {
        const state = { headBlockHash: payload.blockHash, safeBlockHash: ZERO, finalizedBlockHash: ZERO };
        const moved = await node.call<ForkchoiceJson>(`engine_forkchoiceUpdatedV${version}`, state, null);
        expect(moved).toEqual({ payloadStatus: valid(payload.blockHash), payloadId: null });
      }
      await node.forkchoice(node.genesis);
    });
  }

  it("forkchoiceUpdated V1 builds nothing; V2 builds for Shanghai, V3 for later forks", async () => {
    const codes = async (version: number, attributes: object): Promise<unknown> =>
      start(version, attributes).then(
        ({ payloadId }) => (payloadId === null ? "no payload" : "builds"),
        ({ code }: { code: number }) => code,
      );
    expect(await codes(1, attributesOf("shanghai"))).toBe(INVALID_ATTRIBUTES);
    expect(await codes(2, attributesOf("shanghai"))).toBe("builds");
    // The form comes before the fork (cancun.md, forkchoiceUpdatedV3, 2).
    expect(await codes(2, attributesOf("shanghai", BEACON))).toBe(INVALID_ATTRIBUTES);
    expect(await codes(2, attributesOf("cancun", BEACON))).toBe(INVALID_ATTRIBUTES);
    expect(await codes(2, attributesOf("cancun", {}))).toBe(UNSUPPORTED_FORK);
    expect(await codes(3, attributesOf("shanghai", {}))).toBe(INVALID_ATTRIBUTES);
    expect(await codes(3, attributesOf("shanghai", { parentBeaconBlockRoot: null }))).toBe(INVALID_ATTRIBUTES);
    expect(await codes(3, attributesOf("shanghai", BEACON))).toBe(UNSUPPORTED_FORK);
    expect(await codes(3, attributesOf("cancun", {}))).toBe(INVALID_ATTRIBUTES);
    for (const fork of ["cancun", "prague", "osaka"]) expect(await codes(3, attributesOf(fork))).toBe("builds");
    expect(await codes(2, attributesAt(spec.genesisTime + 50n, { withdrawals: undefined }))).toBe(INVALID_ATTRIBUTES);
    expect(await codes(2, attributesAt(spec.genesisTime + 50n, { withdrawals: [{ index: "0x0" }] }))).toBe(
      INVALID_ATTRIBUTES,
    );
    // The time before the fork: a timestamp of zero is wrong with any version.
    expect(await codes(3, attributesAt(0n, BEACON))).toBe(INVALID_ATTRIBUTES);
  });

  it("forkchoiceUpdatedV2, then V3, across the fork", async () => {
    const last = await node.build(node.genesis, 96n);
    expect(await node.newPayload(last)).toEqual(valid(last.blockHash));
    const first = await node.build(last.blockHash, 100n, BEACON);
    expect(first).toMatchObject({ blobGasUsed: "0x0", excessBlobGas: "0x0" });
    expect(await node.newPayload(first, ROOT)).toEqual(valid(first.blockHash));
    await node.forkchoice(node.genesis);
  });

  it("newPayloadV3 before Cancun: what is missing is -32602, a whole one is -38005", async () => {
    const payload = await node.build(node.genesis, 60n);
    const blobs = { blobGasUsed: "0x0", excessBlobGas: "0x0" };
    const code = (...params: unknown[]): Promise<unknown> =>
      node.call("engine_newPayloadV3", ...params).catch((error: { code: number }) => error.code);
    expect(await code(payload, null, null)).toBe(INVALID_PARAMS);
    expect(await code({ ...payload, blobGasUsed: "0x0" }, null, null)).toBe(INVALID_PARAMS);
    expect(await code({ ...payload, excessBlobGas: "0x0" }, null, null)).toBe(INVALID_PARAMS);
    expect(await code(payload, [], null)).toBe(INVALID_PARAMS);
    expect(await code(payload, null, ZERO)).toBe(INVALID_PARAMS);
    expect(await code({ ...payload, ...blobs }, [], ZERO)).toBe(UNSUPPORTED_FORK);
  });

  it("newPayloadV3 and V4 after their fork: every parameter and field must be there", async () => {
    const cancun = await node.build(node.genesis, 160n, BEACON);
    const prague = await node.build(node.genesis, 260n, BEACON);
    const code = (version: number, ...params: unknown[]): Promise<unknown> =>
      node.call(`engine_newPayloadV${version}`, ...params).catch((error: { code: number }) => error.code);
    for (const [version, payload, last] of [
      [3, cancun, []],
      [4, prague, [[]]],
    ] as const) {
      for (const wrong of [
        { excessBlobGas: null },
        { blobGasUsed: undefined },
        { withdrawals: null },
        { extra: "0x0" },
      ]) {
        expect([wrong, await code(version, { ...payload, ...wrong }, [], ROOT, ...last)]).toEqual([
          wrong,
          INVALID_PARAMS,
        ]);
      }
      expect(await code(version, payload, null, ROOT, ...last)).toBe(INVALID_PARAMS);
      expect(await code(version, payload, [], null, ...last)).toBe(INVALID_PARAMS);
    }
    expect(await code(4, prague, [], ROOT)).toBe(INVALID_PARAMS);
    expect(await code(4, prague, [], ROOT, null)).toBe(INVALID_PARAMS);
    // prague.md: without data, out of order, twice the same type.
    for (const list of [["0x00"], ["0x"], ["0x01aa", "0x00aa"], ["0x01aa", "0x01bb"]]) {
      expect([list, await code(4, prague, [], ROOT, list)]).toEqual([list, INVALID_PARAMS]);
    }
    expect(await code(2, { ...cancun, blobGasUsed: undefined, excessBlobGas: undefined })).toBe(UNSUPPORTED_FORK);
    expect(await code(2, { ...cancun })).toBe(INVALID_PARAMS);
  });

  for (const syncing of [false, true]) {
    it(`expected blob hashes are INVALID without an ancestor, parent ${syncing ? "unknown" : "known"}`, async () => {
      let payload = await node.build(node.genesis, 170n, BEACON);
      if (syncing) payload = alteredV3(payload, ROOT, { parentHash: new Uint8Array(32).fill(9) as never });
      for (const hashes of [[ROOT], [`0x01${"aa".repeat(31)}`, `0x01${"bb".repeat(31)}`]]) {
        expect(await node.call("engine_newPayloadV3", payload, hashes, ROOT)).toEqual(invalid(null));
      }
      const expected = syncing ? SYNCING : valid(payload.blockHash);
      expect(await node.call("engine_newPayloadV3", payload, [], ROOT)).toEqual(expected);
      expect(await node.call("engine_newPayloadV3", payload, [ROOT], ROOT)).toEqual(invalid(null));
    });
  }

  it("blob gas of a block without blobs is 0, and the beacon root is part of the hash", async () => {
    const payload = await node.build(node.genesis, 174n, BEACON);
    for (const change of [{ blobGasUsed: 1n }, { blobGasUsed: 131_072n }, { excessBlobGas: 1n }]) {
      const cancun = {
        blobGasUsed: 0n,
        excessBlobGas: 0n,
        parentBeaconRoot: Buffer.from(ROOT.slice(2), "hex"),
        ...change,
      };
      const wrong = alteredV3(payload, ROOT, { cancun });
      expect(await node.newPayload(wrong, ROOT)).toEqual(invalid(node.genesis));
    }
    expect(await node.newPayload(payload, ZERO)).toEqual(invalid(null));
    expect(await node.newPayload(payload, ROOT)).toEqual(valid(payload.blockHash));
  });

  it("requests are part of the hash, and must be those that the block makes", async () => {
    const payload = await node.build(node.genesis, 270n, BEACON);
    expect(await node.newPayload(payload, ROOT, [`0x00${"aa".repeat(192)}`])).toEqual(invalid(null));
    const { requestsHashOf } = await import("@sero/execution");
    const lie = Uint8Array.from([1, 2, 3]);
    const wrong = alteredV3(payload, ROOT, { requestsHash: requestsHashOf([lie]) });
    expect(await node.newPayload(wrong, ROOT, [toHex(lie)])).toEqual(invalid(node.genesis));
    expect(await node.newPayload(payload, ROOT, [])).toEqual(valid(payload.blockHash));
  });

  it("lists what it answers to, without the exchange itself", async () => {
    const listed = await node.call<string[]>("engine_exchangeCapabilities", ["engine_newPayloadV9", "made_up"]);
    expect(listed).toEqual(
      expect.arrayContaining([
        ...[2, 3, 4].map((version) => `engine_newPayloadV${version}`),
        ...[1, 2, 3].map((version) => `engine_forkchoiceUpdatedV${version}`),
        ...[2, 3, 4, 5].map((version) => `engine_getPayloadV${version}`),
        "engine_getPayloadBodiesByHashV1",
        "engine_getPayloadBodiesByRangeV1",
        "engine_exchangeTransitionConfigurationV1",
        "engine_getClientVersionV1",
      ]),
    );
    expect(listed).not.toContain("engine_exchangeCapabilities");
    for (const name of listed) {
      await expect(node.call(name, 7, 7, 7, 7, 7)).rejects.toMatchObject({
        code: expect.not.toBeOneOf([-32601]) as number,
      });
    }
    await expect(node.call("engine_newPayloadV1", {})).rejects.toMatchObject({ code: -32601 });
  });

  it("finds no blobs, in the form of each version", async () => {
    expect(await node.call("engine_getBlobsV1", [ROOT, ROOT])).toEqual([null, null]);
    expect(await node.call("engine_getBlobsV2", [ROOT, ROOT])).toBeNull();
    expect(await node.call("engine_getBlobsV3", [ROOT, ROOT])).toEqual([null, null]);
    const many = Array.from({ length: 129 }, () => ROOT);
    await expect(node.call("engine_getBlobsV3", many)).rejects.toMatchObject({ code: -38004 });
    const osaka = await node.build(node.genesis, 390n, BEACON);
    await node.newPayload(osaka, ROOT, requestsOf("osaka"));
    await node.forkchoice(osaka.blockHash);
    await expect(node.call("engine_getBlobsV1", [ROOT])).rejects.toMatchObject({ code: UNSUPPORTED_FORK });
    await node.forkchoice(node.genesis);
  });
});
