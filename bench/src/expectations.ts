/** What a figure must be, and how it is shown. */
export interface Expectation {
  readonly name: string;
  readonly what: string;
  readonly bound: "atMost" | "atLeast";
  readonly value: number;
}

/** What is expected on the build machine. */
export const EXPECTATIONS: readonly Expectation[] = [
  { name: "verify.batch64.msPerProof", what: "ms a proof, one core", bound: "atMost", value: 2 },
  { name: "scan.outputsPerSecondPerCore", what: "outputs a second and core", bound: "atLeast", value: 15_000 },
  { name: "tx.bytes", what: "bytes, one bundle with its memo chunk", bound: "atMost", value: 1_900 },
  { name: "block.importPaymentsPerSecond", what: "payments a second, proofs checked", bound: "atLeast", value: 300 },
  { name: "wallet.restore100k.seconds", what: "seconds", bound: "atMost", value: 15 },
];

/** What every figure means, in the order of the report. */
export const MEANINGS: readonly (readonly [name: string, meaning: string])[] = [
  ["setup.ms", "circuit compiled and development keys made, in an empty folder"],
  ["setup.warm.ms", "the same when both are there and are only checked"],
  ["circuit.constraints", "constraints of the spend circuit (domain 2^14)"],
  ["witness.ms", "witness of a payment, one thread"],
  ["prove.ms", "one proof by our prover, its witness and its own check included"],
  ["prove.snarkjs.ms", "the same proof by snarkjs 0.7, key and witness given in memory"],
  ["prove.threads", "threads of both"],
  ["verify.single.ms", "one proof alone"],
  ["verify.batch64.msPerProof", "a proof in a batch of 64, one core"],
  ["verify.batch64OneFalse.ms", "the whole batch when one proof of it is false and must be found"],
  ["verify.snarkjs.ms", "one proof by snarkjs"],
  ["signature.single.ms", "one signature, plain TypeScript"],
  ["signature.batch64.usPerSignature", "a signature in a batch of 64, one core"],
  ["repack.constraints", "constraints of the repack circuit (domain 2^12)"],
  ["repack.prove.ms", "one proof of a repack by our prover, witness and own check included, all cores"],
  ["repack.prove.snarkjs.ms", "the same by snarkjs, key and witness given in memory"],
  ["repack.verify.ms", "it checked alone, as the precompile does: under a key that comes with it"],
  ["repack.verify.snarkjs.ms", "the same by snarkjs"],
  ["tx.bytes", "a payment of one bundle with one memo chunk"],
  ["tree.appendsPerSecond", "leaves appended to the note tree in blocks of 960"],
  ["poseidon.bulk.usPerNode", "a tree node, hashed in bulk"],
  ["poseidon.single.usPerNode", "a tree node, hashed alone from bigints"],
  ["poseidon.circomlibjs.usPerNode", "the same by circomlibjs (WebAssembly)"],
  ["scan.outputsPerSecondPerCore", "outputs of others tried with one account's key"],
  ["scan.nodeDer.outputsPerSecondPerCore", "the same with Node's X25519 and keys imported as DER"],
  [
    "wallet.restore100k.seconds",
    "a wallet restored from its phrase past 100,000 outputs of others, proved against the state root",
  ],
  ["wallet.restore.outputsPerSecond", "outputs a second in that"],
  ["block.payments", "payments in the imported block"],
  ["block.importPaymentsPerSecond", "imported, every proof and signature checked by two threads"],
  ["block.importKnownPaymentsPerSecond", "imported, all of them known from the mempool: the usual case"],
  ["block.importMs", "the import of that block"],
  ["block.buildMs", "building it"],
  ["call.bytes", "a token transfer inside an anonymous call: one bundle, one memo chunk, one call, coin back"],
  ["call.gas", "its gas, intrinsic and used"],
  ["call.importPerSecond", "such transactions imported, every proof and signature checked by two threads"],
  ["call.importKnownPerSecond", "imported, all of them known from the mempool"],
  ["erc20.tps", "executed, from checked transactions to the state root"],
  [
    "erc20.ethereumjs.tps",
    "the same transfers as plain messages on @ethereumjs/evm with its own state, no signatures, blocks or receipts",
  ],
  ...["ecrecover", "sha256", "ripemd160", "identity", "modexp", "ecAdd", "ecMul", "ecPairing", "blake2f"].map(
    (name) => [`precompile.${name}.gasPerMs`, `gas a millisecond of ${name} on its worst inputs`] as const,
  ),
  ["precompile.poseidon.gasPerMs", "the same of Poseidon (0x…5e51)"],
  ["precompile.groth16.gasPerMs", "the same of a Groth16 proof (0x…5e52)"],
  ["precompile.keyCheck.gasPerMs", "the same of a verifying key's check (0x…5e53)"],
  [
    "recover.usPerSignature",
    "a pseudonym recovered from its signature (secp256k1), as for every call and in ecrecover",
  ],
  ["recover.noble.usPerSignature", "the same by noble, in plain JavaScript"],
  ["worst.least.gasPerMs", "gas a millisecond of the program that costs a node most for its gas"],
  ["worst.below6000", "programs, of all families of opcodes and all precompiles, below the rule's 6,000"],
  ["block.worstMs", "a block filled with the worst program: run, and the state after it hashed"],
  ["block.worst", "share of a 4 s slot in that"],
  ["store.commitMs", "storing it and making it the head, flushed to disk"],
  ["block.gasBoundPaymentsPerSecond", "payments that the gas limit lets into 4 s slots"],
  ["block.importBoundPaymentsPerSecond", "payments that a third of a 4 s slot suffices to import"],
  ["block.sustainedPaymentsPerSecond", "the lesser of the two"],
  ["block.growPaymentsPerSecond", "decoded, built and stored with proofs off, over a growing state"],
  ["engine.blockPayments", "payments that fill a block's gas"],
  [
    "engine.newPayload.ms",
    "newPayload of such a block, no payment known before: JSON, every proof and signature, execution, flush to disk",
  ],
  ["engine.newPayload.known.ms", "the same where the pool has verified all of them: the usual case"],
  ["engine.getPayload.ms", "getPayload of a full block 1.5 s after the fork choice that began it"],
  [
    "engine.getPayload.atOnce.ms",
    "the same asked for right after the fork choice: waits at most 0.4 s for what is waiting",
  ],
  [
    "gossip.txPerSecond",
    "payments handed to four nodes on loopback until each has verified all of them: stemmed, then gossiped; four nodes and their verifier on one machine",
  ],
  [
    "sync.blocksPerSecond",
    "blocks of 32 payments fetched from a peer on loopback, every proof verified, executed and stored, from nothing to the head",
  ],
  ["sync.paymentsPerSecond", "payments in them"],
  ["sync.emptyBlocksPerSecond", "the same with 1,024 empty blocks"],
  ["disk.kBPer1000Payments", "growth of the node's store for 1,000 payments in blocks of ten"],
  [
    "disk.pruned.kBPer1000Payments",
    "the same with --keep-blocks 128, once blocks are thrown away as fast as they come",
  ],
  ["disk.bytesPerPayment", "growth of the node's store by payment, over 33,334 of them"],
  ["node.rssMB", "memory of a node with that chain and two verifier threads after serving the restore"],
  ["node.rssIdleMB", "the same before it"],
];

/** Whether a figure is as expected, and by how much it is missed, in percent of the bound. */
export function verdictOn(
  { bound, value }: Expectation,
  figure: number,
): { readonly met: boolean; readonly missedByPercent: number } {
  const over = bound === "atMost" ? figure / value - 1 : 1 - figure / value;
  return { met: over <= 0, missedByPercent: Math.max(0, Math.round(100 * over)) };
}
