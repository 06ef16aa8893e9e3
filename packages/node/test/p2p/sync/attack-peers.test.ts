import { encodeBody, encodeHeader } from "@sero/execution";
import { toHex } from "@sero/protocol";
import { afterEach, describe, expect, it } from "vitest";
import type { Peer } from "../../../src/p2p/host/types.js";
import {
  BLOCKS_PROTOCOL,
  decodeBlocksRequest,
  encodeBlocksRequest,
  encodeBodyFrame,
  encodeHeadersFrame,
  type BlocksRequest,
} from "../../../src/p2p/sync/wire.js";
import { recomputedRoot } from "../../helpers/chain.js";
import { fakeNetwork, type FakeNetwork, type FakePeerHost } from "../../helpers/peers.js";
import { growMany, openSyncer, type Syncer } from "./world.js";

type Answer = (request: BlocksRequest, peer: Peer) => AsyncIterable<Uint8Array>;
const LIMITS = { maxRequestBytes: 1 << 20, perPeer: 100, perMinute: 100_000 };
const never = new Promise<void>(() => undefined);

/** A peer that answers what it likes. It claims to have everything. */
function liar(network: FakeNetwork, name: string, answer: Answer): FakePeerHost {
  const host = network.host(name, { headNumber: 1_000n });
  host.answer(BLOCKS_PROTOCOL, LIMITS, (bytes, peer) => answer(decodeBlocksRequest(bytes), peer));
  return host;
}

async function* frames(...list: Uint8Array[]): AsyncIterable<Uint8Array> {
  for (const frame of list) yield await Promise.resolve(frame);
}

describe("hostile peers", () => {
  const open: Syncer[] = [];
  afterEach(async () => {
    for (const syncer of open.splice(0)) await syncer.stop();
  });

  /** An honest chain of 40 blocks, and what a fresh node makes of it beside liars, who are asked first. */
  async function syncBeside(lie: (full: Syncer, hashes: readonly Uint8Array[]) => Answer): Promise<Syncer> {
    const network = fakeNetwork();
    const full = await openSyncer(network, "full");
    const fresh = await openSyncer(network, "fresh", { timing: { answerMs: 300, retryMs: 10 } });
    open.push(full, fresh);
    const hashes = await growMany(full, 40);
    for (const name of ["liar-1", "liar-2"]) network.connect(fresh.host, liar(network, name, lie(full, hashes)));
    fresh.name(hashes[39]!, hashes[29]!);
    const penalized = (): number => fresh.host.penalties.length;
    // The honest one comes when the liars have had their turn.
    for (let i = 0; i < 200 && penalized() === 0; i++) await new Promise((resolve) => setTimeout(resolve, 10));
    network.connect(fresh.host, full.host);
    await fresh.has(hashes[39]!);
    fresh.chain.setForkchoice({ head: hashes[39]!, safe: undefined, finalized: undefined });
    expect(toHex(recomputedRoot(fresh.store, fresh.chain))).toBe(toHex(full.chain.head().header.stateRoot));
    expect(fresh.host.penalties.filter(({ peer }) => peer === full.host.id)).toEqual([]);
    return fresh;
  }
  const codes = (fresh: Syncer): string[] => [...new Set(fresh.host.penalties.map(({ code }) => code))];

  /** Headers as they are, bodies as `lie` has them. */
  const honestHeaders =
    (full: Syncer, lie: (hashes: readonly Uint8Array[]) => AsyncIterable<Uint8Array>): Answer =>
    (request) => {
      if (request.kind === "bodies") return lie(request.hashes);
      const headers: Uint8Array[] = [];
      let at: Uint8Array | undefined = request.hash;
      for (let bytes = full.store.header(at); bytes && headers.length < request.count; bytes = full.store.header(at)) {
        headers.push(bytes);
        const block = full.chain.get(at);
        if (!block) break;
        at = block.header.parentHash;
      }
      return frames(encodeHeadersFrame(headers.slice(0, 64)));
    };

  it("G50: garbage instead of headers is penalised, and another peer asked", async () => {
    const fresh = await syncBeside(() => () => frames(Uint8Array.of(1, 2, 3)));
    expect(codes(fresh)).toEqual(["sync/garbage"]);
  });

  it("G50: headers that are not those asked for are penalised", async () => {
    const fresh = await syncBeside((full, hashes) => () => {
      const other = full.store.header(hashes[3]!)!;
      return frames(encodeHeadersFrame([other]));
    });
    // On a slow machine they are asked for bodies, too, and answer with the same.
    expect(codes(fresh)[0]).toBe("sync/wrong-header");
  });

  it("G50: a chain that breaks off in the middle is penalised, and what came before is kept", async () => {
    const fresh = await syncBeside((full, hashes) => (request) => {
      if (request.kind === "bodies") return frames();
      const right = full.store.header(request.hash);
      const forged = { ...full.chain.get(hashes[3]!)!.header, gasUsed: 5n };
      return right ? frames(encodeHeadersFrame([right, encodeHeader(forged)])) : frames();
    });
    expect(codes(fresh)).toContain("sync/wrong-header");
  });

  it("G50: more headers than were asked for are penalised", async () => {
    const fresh = await syncBeside((full, hashes) => {
      const all = [...hashes].reverse().map((hash) => full.store.header(hash)!);
      const genesis = full.store.header(full.rules.genesis.hash)!;
      // Asked for the last one only.
      return () => frames(encodeHeadersFrame([...all, genesis, genesis]));
    });
    expect(codes(fresh)).toContain("sync/wrong-header");
  });

  it("G50: bodies of other blocks are penalised", async () => {
    const fresh = await syncBeside((full, hashes) =>
      honestHeaders(full, async function* (wanted) {
        const wrong = encodeBodyFrame(full.store.body(hashes[0]!));
        yield* frames(...wanted.map(() => wrong));
      }),
    );
    expect(codes(fresh)).toContain("sync/wrong-body");
  });

  it("G50: garbage instead of a body is penalised", async () => {
    const fresh = await syncBeside((full) => honestHeaders(full, () => frames(Uint8Array.of(1, 0xc0, 0xff))));
    expect(codes(fresh)).toContain("sync/garbage");
  });

  it("G50: more bodies than were asked for end the request", async () => {
    const fresh = await syncBeside((full) =>
      honestHeaders(full, async function* (wanted) {
        yield encodeBodyFrame(undefined);
        for (let i = 0; i < 10 * wanted.length; i++) yield await Promise.resolve(Uint8Array.of(0));
      }),
    );
    expect(codes(fresh)).toEqual(["sync/empty"]);
  });

  it("G50: a peer that says nothing is slow", async () => {
    const fresh = await syncBeside(
      () =>
        async function* () {
          await never;
          yield Uint8Array.of(0);
        },
    );
    expect(codes(fresh)).toEqual(["sync/slow"]);
  });

  it("G50: a peer that gives a body and then hangs is slow, and what it gave is kept", async () => {
    const fresh = await syncBeside((full) =>
      honestHeaders(full, async function* (wanted) {
        yield encodeBodyFrame(full.store.body(wanted[0]!));
        await never;
      }),
    );
    expect(codes(fresh)).toEqual([]);
    expect(fresh.chain.head().number).toBe(40n);
  });

  it("G50: a peer that claims to have what it does not give is penalised lightly", async () => {
    const fresh = await syncBeside((full) =>
      honestHeaders(full, async function* (wanted) {
        yield* frames(...wanted.map(() => encodeBodyFrame(undefined)));
      }),
    );
    expect(codes(fresh)).toEqual(["sync/empty"]);
    expect(fresh.host.penalties.every(({ offence }) => offence === "minor")).toBe(true);
  });

  it("G50: a request that makes no sense is penalised; one for unknown blocks is answered with nothing", async () => {
    const network = fakeNetwork();
    const full = await openSyncer(network, "full");
    open.push(full);
    const asker = network.host("asker");
    network.connect(asker, full.host);
    const ask = async (request: Uint8Array): Promise<Uint8Array[]> => {
      const answer: Uint8Array[] = [];
      const options = { maxFrameBytes: 1 << 20, timeoutMs: 1_000 };
      for await (const frame of asker.request(full.host.id, BLOCKS_PROTOCOL, request, options)) answer.push(frame);
      return answer;
    };
    await expect(ask(Uint8Array.of(0xc1, 0x05))).rejects.toMatchObject({ code: "p2p/broken" });
    const tooMany = encodeBlocksRequest({ kind: "bodies", hashes: new Array<Uint8Array>(65).fill(new Uint8Array(32)) });
    await expect(ask(tooMany)).rejects.toMatchObject({ code: "p2p/broken" });
    const endless = encodeBlocksRequest({ kind: "headers", hash: new Uint8Array(32), count: 2 ** 40 });
    await expect(ask(endless)).rejects.toMatchObject({ code: "p2p/broken" });
    expect(full.host.penalties.map(({ code }) => code)).toEqual(["sync/request", "sync/request", "sync/request"]);
    const hash = new Uint8Array(32).fill(9);
    expect(await ask(encodeBlocksRequest({ kind: "headers", hash, count: 5 }))).toEqual([]);
    expect(await ask(encodeBlocksRequest({ kind: "bodies", hashes: [hash] }))).toEqual([Uint8Array.of(0)]);
    expect(encodeBodyFrame({ transactions: [], withdrawals: [] })).toEqual(
      Uint8Array.of(1, ...encodeBody({ transactions: [], withdrawals: [] })),
    );
  });
});
