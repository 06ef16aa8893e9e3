import { concatBytes, toHex, utf8 } from "../../src/bytes/index.js";
import {
  GAS_FIELDS,
  developmentSpec,
  forkSchedule,
  genesisBytes,
  genesisId,
  rulesId,
  specToJson,
  type ChainSpec,
} from "../../src/chain/index.js";
import {
  compactTransactionOf,
  encodeCompactBlock,
  leavesOf,
  streamDigest,
  type CompactBlock,
} from "../../src/compact/index.js";
import { FIELD_ORDER, fieldToBytes } from "../../src/field/index.js";
import { keccak256 } from "../../src/hash/index.js";
import { decodeRlp, encodeRlp, rlpUint, type RlpItem } from "../../src/rlp/index.js";
import {
  BIND_PARTS,
  bindOf,
  encodeTransaction,
  pseudonymDigest,
  type Transaction,
} from "../../src/transaction/index.js";
import {
  assetSlot,
  assetTicketIdSlot,
  frontierSlot,
  keyHolderSlot,
  knownRootSlot,
  nullifierSlot,
  packageControllerSlot,
  packageIdOf,
  packageSlot,
  repackedPackageIdOf,
  rootRingSlot,
  tokenKindSlot,
  turnstileSlot,
} from "../../src/pool/index.js";
import type { PackageId } from "../../src/types.js";
import {
  EMPTY_FRONTIER,
  appendLeaves,
  denseTree,
  emptyRoots,
  frontierBytes,
  frontierRoot,
} from "../../src/tree/index.js";
import { transactionJson, type Json } from "../transaction/json.js";
import { CONTEXT, addressOf, bytesOf, fieldOf, sampleCall, samplePayment } from "../transaction/sample.js";

const field = (x: bigint): string => toHex(fieldToBytes(x));

const TRANSACTIONS: Readonly<Record<string, Transaction>> = {
  "payment of one bundle": samplePayment(),
  "payment of two bundles and three memo chunks": samplePayment(2, {
    memos: [0, 1, 2].map((i) => bytesOf(`memo/${i}`, 256)),
  }),
  "package without a call phase": samplePayment(1, {
    packages: [{ outputIndex: 2, controller: addressOf("controller"), onFailure: "hold" }],
  }),
  "call with every field": sampleCall(),
};

const LIMITS = { maxBytes: 1 << 20, maxItems: 1 << 16, maxDepth: 10 };

/** Bytes of the first transaction with one RLP item replaced. */
function forged(path: readonly number[], change: (item: RlpItem) => RlpItem): Uint8Array {
  const replace = (item: RlpItem, [head, ...rest]: readonly number[]): RlpItem =>
    head === undefined
      ? change(item)
      : (item as RlpItem[]).map((child, i) => (i === head ? replace(child, rest) : child));
  const body = encodeTransaction(samplePayment()).subarray(1);
  return concatBytes(Uint8Array.of(0x5e), encodeRlp(replace(decodeRlp(body, LIMITS), path)));
}

function invalidTransactions(): Json {
  const good = encodeTransaction(samplePayment());
  const cases: [string, Uint8Array, string][] = [
    ["no bytes", new Uint8Array(0), "tx/type"],
    ["another type", concatBytes(Uint8Array.of(2), good.subarray(1)), "tx/type"],
    ["last byte cut off", good.slice(0, -1), "tx/encoding"],
    ["one byte after the end", concatBytes(good, Uint8Array.of(0)), "tx/encoding"],
    ["anchor of r", forged([3], () => rlpUint(FIELD_ORDER)), "tx/field"],
    ["expiry with a leading zero", forged([1], () => Uint8Array.of(0, 9)), "tx/encoding"],
    ["public coin of 2^128", forged([4, 0, 6], () => rlpUint(1n << 128n)), "tx/encoding"],
    ["public asset without an amount", forged([4, 0, 7], () => fieldToBytes(5n)), "tx/public-asset"],
    ["public amount without an asset", forged([4, 0, 8], () => rlpUint(5n)), "tx/public-asset"],
    [
      "one nullifier twice",
      forged([4, 0], (b) => (b as RlpItem[]).map((x, i, all) => (i === 2 ? all[1]! : x))),
      "tx/duplicate-nullifier",
    ],
    ["a commitment of 0", forged([4, 0, 3], () => new Uint8Array(32)), "tx/zero-commitment"],
    ["no bundle", forged([4], () => []), "tx/too-many"],
    ["two outputs", forged([5], (x) => (x as RlpItem[]).slice(1)), "tx/too-many"],
    ["no memo chunk", forged([6], () => []), "tx/too-many"],
    ["a memo chunk of 255 bytes", forged([6, 0], () => new Uint8Array(255)), "tx/encoding"],
    ["an empty string for the call phase", forged([7], () => new Uint8Array(0)), "tx/encoding"],
  ];
  return cases.map(([name, bytes, code]) => ({ name, bytes: toHex(bytes), code }));
}

function transactionVectors(): Json {
  const valid = Object.entries(TRANSACTIONS).map(([name, tx]) => ({
    name,
    transaction: transactionJson(tx),
    bytes: toHex(encodeTransaction(tx)),
  }));
  return { valid, invalid: invalidTransactions() };
}

function bindVectors(): Json {
  return {
    genesisHash: toHex(CONTEXT.genesisHash),
    rulesId: toHex(CONTEXT.rulesId),
    cases: Object.entries(TRANSACTIONS).map(([name, tx]) => {
      const { bind, txid, parts } = bindOf(tx, CONTEXT);
      return {
        name,
        bytes: toHex(encodeTransaction(tx)),
        parts: Object.fromEntries(BIND_PARTS.map((part) => [part, toHex(parts[part])])),
        txid: toHex(txid),
        pseudonymDigest: toHex(pseudonymDigest(bind)),
      };
    }),
  };
}

function treeVectors(): Json {
  const leaf = (i: number): never => fieldOf(`leaf/${i}`) as never;
  return {
    emptyRoots: emptyRoots().map(field),
    cases: [0, 1, 4, 5, 21].map((count) => {
      const leaves = Array.from({ length: count }, (_, i) => leaf(i));
      const frontier = appendLeaves(EMPTY_FRONTIER, leaves);
      const dense = denseTree(leaves);
      const indexes = [...new Set([0, Math.floor(count / 2), count - 1])].filter((i) => i >= 0 && i < count);
      return {
        leaves: leaves.map(field),
        root: field(frontierRoot(frontier)),
        frontier: toHex(frontierBytes(frontier)),
        paths: indexes.map((i) => ({
          leafIndex: i,
          siblings: dense.path(BigInt(i)).siblings.map((row) => row.map(field)),
        })),
      };
    }),
  };
}

function compactVectors(): Json {
  const sealed = (tx: Transaction): CompactBlock["transactions"][number] =>
    compactTransactionOf(tx, bindOf(tx, CONTEXT).txid, 25_000_000_000_000n, tx.call && { gasUsed: 91_234n, status: 0 });
  const blocks: Readonly<Record<string, CompactBlock>> = {
    "genesis with two notes": {
      number: 0n,
      firstLeaf: 0n,
      transactions: [],
      entries: [
        {
          kind: "completed",
          transaction: undefined,
          inner: fieldOf("inner/0") as never,
          asset: 0n as never,
          value: 1_000n,
        },
        {
          kind: "completed",
          transaction: undefined,
          inner: fieldOf("inner/1") as never,
          asset: 0n as never,
          value: (1n << 128n) - 1n,
        },
      ],
      credited: [],
    },
    "a payment and its proposer": {
      number: 1n,
      firstLeaf: 2n,
      transactions: [sealed(samplePayment())],
      entries: [],
      credited: [addressOf("proposer")],
    },
    "a call with packages, entries of every kind": {
      number: 300n,
      firstLeaf: 5n,
      transactions: [sealed(sampleCall()), sealed(samplePayment())],
      entries: [
        {
          kind: "completed",
          transaction: 0,
          inner: fieldOf("inner/2") as never,
          asset: fieldOf("asset") as never,
          value: 7n,
          ciphertext: bytesOf("note", 290),
        },
        {
          kind: "released",
          transaction: 0,
          id: bytesOf("released", 32) as never,
          commitment: fieldOf("released") as never,
        },
        {
          kind: "repacked",
          transaction: 0,
          commitment: fieldOf("repacked") as never,
          ciphertext: bytesOf("repacked", 290),
        },
        {
          kind: "sealed",
          transaction: 0,
          id: bytesOf("sealed", 32) as never,
          commitment: fieldOf("sealed") as never,
          ciphertext: bytesOf("sealed", 290),
        },
        {
          kind: "completed",
          transaction: 1,
          inner: fieldOf("inner/3") as never,
          asset: 0n as never,
          value: 1n,
        },
      ],
      credited: [],
    },
    "an empty block": { number: 301n, firstLeaf: 13n, transactions: [], entries: [], credited: [] },
  };
  let digest: Uint8Array = new Uint8Array(32);
  return Object.entries(blocks).map(([name, block]) => {
    const bytes = encodeCompactBlock(block);
    digest = streamDigest(digest, bytes);
    return { name, bytes: toHex(bytes), leaves: leavesOf(block).map(field), streamDigest: toHex(digest) };
  });
}

function poolVectors(): Json {
  const asset = fieldOf("asset") as never;
  const id = bytesOf("package", 32) as PackageId;
  const token = addressOf("token");
  return {
    slots: {
      nullifier: toHex(nullifierSlot(fieldOf("nf") as never)),
      knownRoot: toHex(knownRootSlot(fieldOf("root"))),
      rootRing: toHex(rootRingSlot(2_050n)),
      turnstile: toHex(turnstileSlot(asset)),
      asset: toHex(assetSlot(asset)),
      assetTicketId: toHex(assetTicketIdSlot(asset)),
      tokenKind: toHex(tokenKindSlot(token)),
      package: toHex(packageSlot(id)),
      packageController: toHex(packageControllerSlot(id)),
      keyHolder: toHex(keyHolderSlot(bytesOf("key", 32))),
      frontier: toHex(frontierSlot(16, 2)),
    },
    keys: {
      nullifier: field(fieldOf("nf")),
      root: field(fieldOf("root")),
      asset: field(fieldOf("asset")),
      token: toHex(token),
      package: toHex(id),
      vkId: toHex(bytesOf("key", 32)),
    },
    packages: [0, 5, 23].map((outputIndex) => ({
      nf0: field(fieldOf("nf")),
      outputIndex,
      commitment: field(fieldOf(`cm/${outputIndex}`)),
      id: toHex(packageIdOf(fieldOf("nf") as never, outputIndex, fieldOf(`cm/${outputIndex}`) as never)),
    })),
    repackedPackages: [0, 1, 2].map((slot) => ({
      ctx: field(fieldOf("ctx")),
      slot,
      commitment: field(fieldOf(`cm/${slot}`)),
      id: toHex(repackedPackageIdOf(fieldOf("ctx"), slot, fieldOf(`cm/${slot}`) as never)),
    })),
  };
}

function specVectors(): Json {
  const notes = [0, 1].map((i) => ({ inner: fieldOf(`inner/${i}`) as never, value: 10n ** 24n }));
  // Its own prices, so that a new measurement of the development schedule leaves the vectors alone.
  const gas = Object.fromEntries(
    GAS_FIELDS.map((name, i) => [name, BigInt(1_000 * i + 7)]),
  ) as unknown as ChainSpec["gas"];
  const development = developmentSpec(notes, { gas });
  const real: ChainSpec = {
    ...development,
    network: "sero",
    hrp: "sero",
    chainId: 777n,
    development: false,
    anchorStep: 16,
    circuits: [
      { number: 0, keyHash: toHex(bytesOf("spend key", 32)), fromTime: 0n, untilTime: 1_900_000_000n },
      { number: 3, keyHash: toHex(bytesOf("next key", 32)), fromTime: 1_850_000_000n, untilTime: undefined },
    ],
    callPhaseTime: 1_800_000_000n,
    packagesTime: 0n,
    genesisNotes: [],
  };
  const forks: ChainSpec = {
    ...real,
    cancunTime: 1_800_000_000n,
    pragueTime: 1_850_000_000n,
    osakaTime: 1_900_000_000n,
  };
  return Object.entries({ development, real, forks }).map(([name, spec]) => ({
    name,
    json: specToJson(spec) as unknown as Json,
    genesisBytes: toHex(genesisBytes(spec)),
    genesisId: toHex(genesisId(spec)),
    rulesIds: [0n, 1_800_000_000n, 1_850_000_000n, 1_950_000_000n].map((timestamp) => ({
      timestamp: timestamp.toString(),
      rulesId: toHex(rulesId(spec, timestamp)),
    })),
    forkIds: [0n, 1_800_000_000n, 1_899_999_999n, 1_950_000_000n].map((timestamp) => {
      const genesisHash = keccak256(utf8(name));
      const { hash, next } = forkSchedule(spec, genesisHash).at(timestamp);
      return {
        genesisHash: toHex(genesisHash),
        timestamp: timestamp.toString(),
        hash: toHex(hash),
        next: next.toString(),
      };
    }),
  }));
}

/** Every file of vectors of transaction/, tree/, compact/ and chain/, by name. */
export const makeVectors = (): Readonly<Record<string, Json>> => ({
  "transaction.json": transactionVectors(),
  "bind.json": bindVectors(),
  "tree.json": treeVectors(),
  "compact.json": compactVectors(),
  "chain-spec.json": specVectors(),
  "pool.json": poolVectors(),
});
