// A process that dies at a chosen write, for the tests of D31. Says on standard output what is done, as the engine answers VALID.
import { readFileSync, writeSync } from "node:fs";
import { decodeBlock, headerHash, importBlock, openRules } from "@sero/execution";
import { fromHex, specFromJson, toHex } from "@sero/protocol";
import { openChain, openStore, storedBlock, treeRecordOf } from "../../dist/index.js";
import { auditThrough } from "../../dist/chain/index.js";
import { openSync } from "../../dist/p2p/sync/index.js";
import { decodeBlocksRequest, encodeBodyFrame, encodeHeadersFrame } from "../../dist/p2p/sync/wire.js";
import { importSnapshot } from "../../dist/snapshot/index.js";

const [mode, dataDir, scriptPath, killAt, killWhere] = process.argv.slice(2);
const script = JSON.parse(readFileSync(scriptPath, "utf8"));
const spec = specFromJson(script.spec);
const verifier = { check: (items) => Promise.resolve(items.map(() => true)), close: () => Promise.resolve() };
const rules = await openRules({ spec, verifier });
const done = (what) => writeSync(1, `${what}\n`);
const die = () => process.kill(process.pid, "SIGKILL");

/** Counts down, and dies at 0. */
let left = Number(killAt);
const tick = () => {
  if (--left === 0) die();
};

if (mode === "snapshot") {
  const { path, trusted } = script;
  await importSnapshot({ path, dataDir, rules, trusted: fromHex(trusted), onProgress: tick });
  done("imported");
  process.exit(0);
}

const store = openStore(dataDir, { chainId: spec.chainId, genesisHash: rules.genesis.hash });
const { environment } = store;
if (killWhere === "put") {
  // In the middle of a transaction, after some of its rows.
  for (const table of Object.values(environment)) {
    for (const name of ["putSync", "removeSync"]) {
      const real = table?.[name];
      if (typeof real !== "function") continue;
      table[name] = function (...args) {
        tick();
        return real.apply(this, args);
      };
    }
  }
} else {
  // Between the commit and whatever comes after it.
  const write = environment.write;
  environment.write = (work) => {
    write(work);
    tick();
  };
}
if (!store.pointers()) {
  const empty = { transactions: [], withdrawals: [], receipts: [], details: [], txids: [] };
  store.begin(storedBlock({ ...rules.genesis, ...empty }, treeRecordOf(rules.genesis.state, undefined)));
}
const chain = openChain(store);
done("open");

async function insert(block) {
  const parent = chain.get(block.header.parentHash);
  const verdict = await importBlock(rules, chain.parent(parent.hash), block);
  if (!verdict.ok) throw verdict.error;
  return chain.insert(verdict.value);
}

if (mode === "history") {
  for (let i = script.from; i < script.steps.length; i++) {
    const step = script.steps[i];
    if (step.block) await insert(decodeBlock(fromHex(step.block)));
    else if (step.prune) {
      auditThrough(store, BigInt(step.prune) - 1n);
      store.prune(BigInt(step.prune), 1_000);
    } else {
      const { head, final } = step;
      chain.setForkchoice({ head: fromHex(head), safe: fromHex(final), finalized: fromHex(final) });
    }
    done(`step ${i}`);
  }
  await store.close();
  process.exit(0);
}

// mode "sync": a peer in memory that has every block of the script.
const { encodeHeader } = await import("@sero/execution");
const blocks = new Map(
  script.steps
    .filter(({ block }) => block)
    .map(({ block }) => decodeBlock(fromHex(block)))
    .map((block) => [toHex(headerHash(block.header)), block]),
);
const peer = { id: "peer", status: { oldestBody: 0n, headNumber: 0n } };
const host = {
  id: "self",
  peers: () => [peer],
  onPeer: () => () => undefined,
  answer: () => undefined,
  penalize: (...what) => done(`penalized ${what.join(" ")}`),
  refresh: () => Promise.resolve(peer.status),
  async *request(_peer, _protocol, bytes) {
    const request = decodeBlocksRequest(bytes);
    await new Promise((resolve) => setImmediate(resolve));
    if (request.kind === "bodies") {
      for (const hash of request.hashes) yield encodeBodyFrame(blocks.get(toHex(hash)));
      return;
    }
    // Few at a time, so that there are many writes to die at.
    for (let at = request.hash, i = 0; i < Math.min(5, request.count); i++) {
      const block = blocks.get(toHex(at));
      if (!block) return;
      yield encodeHeadersFrame([encodeHeader(block.header)]);
      at = block.header.parentHash;
    }
  },
};
const head = fromHex(script.head);
const missing = { hash: head, header: undefined, wanted: head, isHead: true, finalized: fromHex(script.final) };
const engine = {
  onMissing: () => () => undefined,
  missing: () => (chain.get(head) ? undefined : missing),
  condemn: (hashes) => done(`condemned ${hashes.length}`),
  async importBlocks(some, { isFinal }) {
    for (const block of some) {
      const { hash } = await insert(block);
      if (isFinal) chain.setForkchoice({ head: hash, safe: hash, finalized: hash });
      done(`block ${toHex(hash)}`);
    }
    return { imported: some.length, status: { status: "VALID", latestValidHash: chain.head().hash } };
  },
};
const sync = openSync({ host, engine, store, chain, timing: { retryMs: 5 } });
while (!chain.get(head)) await new Promise((resolve) => setTimeout(resolve, 5));
await sync.stop();
await store.close();
done("synced");
process.exit(0);
