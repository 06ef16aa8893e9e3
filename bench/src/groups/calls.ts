import { createEVM } from "@ethereumjs/evm";
import { MerkleStateManager } from "@ethereumjs/statemanager";
import { Account, Address } from "@ethereumjs/util";
import { ensureSpendArtifacts, openVerifierPool } from "@sero/circuits";
import { PREDEPLOYS, WRAPPED_COIN_ADDRESS } from "@sero/contracts";
import {
  buildBlock,
  decodeAndCheckMany,
  evmBlock,
  evmCommon,
  importBlock,
  openBlock,
  openRules,
  type Block,
  type CheckedTransaction,
  type Parent,
  type Rules,
} from "@sero/execution";
import { transactionBytesHash, type EthAddress, type Validity } from "@sero/protocol";
import { beginChainInStore, withFolder } from "../chain-store.js";
import { interleavedMs, type Group } from "../measure.js";
import { paymentChain, proved } from "../payments/cache.js";
import {
  fundingTransactions,
  receiverOf,
  senderOf,
  transferData,
  TRANSFERS,
  unprovedTransfer,
} from "../payments/calls.js";
import { benchSpec, firstBlockTime } from "../payments/chain.js";
import { proofsOff } from "../payments/verifiers.js";

const RUNS = 9;
/** Threads of the verifier. */
const THREADS = 2;

const expectValid = <T>(verdict: Validity<T>): T => {
  if (!verdict.ok) throw verdict.error;
  return verdict.value;
};
const keyOf = (hash: Uint8Array): string => Buffer.from(hash).toString("hex");

/** ERC-20 transfers, each inside an anonymous call of its own: imported, and executed beside the same transfers on a plain EVM. */
export const calls: Group = async ({ progress }) => {
  const artifacts = await ensureSpendArtifacts();
  const spec = benchSpec();
  const verifier = await openVerifierPool({ artifacts, chainId: spec.chainId, threads: THREADS });
  try {
    const rules = await openRules({ spec, verifier });
    const made = await proved("calls", artifacts, rules, TRANSFERS, unprovedTransfer, (done) =>
      progress((0.6 * done) / TRANSFERS, `proof ${done + 1} of ${TRANSFERS}`),
    );
    return await withFolder(async (folder) => {
      const { parent, close } = await fundedChain(folder, rules);
      try {
        const checked = decodeAndCheckMany(rules, made, timeAfter(parent, rules)).map(expectValid);
        const built = await buildBlock(rules, parent, attributesAfter(parent, rules), checked, { verified: true });
        expectAll(built, checked);
        const used = built.details.map(({ gasUsed }) => Number(gasUsed));
        const pool = new Map(checked.map((one) => [keyOf(transactionBytesHash(one.bytes)), one]));
        const plain = await plainTransfers(rules);
        const times = await interleavedMs(
          RUNS,
          {
            unknown: async () => expectValid(await importBlock(rules, parent, built)),
            known: async () =>
              expectValid(
                await importBlock(rules, parent, built, { verifiedTransaction: (hash) => pool.get(keyOf(hash)) }),
              ),
            executed: () => execute(rules, parent, checked),
            plain,
          },
          (run) => progress(0.6 + (0.4 * run) / (RUNS + 1), `block ${run + 1} of ${RUNS + 1}`),
        );
        const rate = (ms: number): number => (1000 * TRANSFERS) / ms;
        return {
          "call.bytes": made[0]?.length ?? 0,
          "call.gas": Math.max(...used),
          "call.importPerSecond": rate(times.unknown),
          "call.importKnownPerSecond": rate(times.known),
          "erc20.tps": rate(times.executed),
          "erc20.ethereumjs.tps": rate(times.plain),
        };
      } finally {
        await close();
      }
    });
  } finally {
    await verifier.close();
  }
};

const timeAfter = ({ header }: Parent, { spec }: Rules): bigint => header.timestamp + BigInt(spec.slotSeconds);

const attributesAfter = (parent: Parent, rules: Rules) => ({
  timestamp: timeAfter(parent, rules),
  feeRecipient: new Uint8Array(20).fill(0xfe) as EthAddress,
  prevRandao: new Uint8Array(32),
  withdrawals: [],
});

function expectAll(
  { receipts }: Pick<Block & { receipts: readonly { status: number }[] }, "receipts">,
  checked: readonly CheckedTransaction[],
): void {
  if (receipts.length !== checked.length || receipts.some(({ status }) => status !== 1))
    throw new Error("A transfer of the bench failed; delete build/bench.");
}

/** A chain in a real store whose first block has given every sender its tokens. */
async function fundedChain(
  folder: string,
  rules: Rules,
): Promise<{ readonly parent: Parent; readonly close: () => Promise<void> }> {
  const there = beginChainInStore(folder, rules);
  const off = await openRules({ spec: rules.spec, verifier: proofsOff() });
  const funding = decodeAndCheckMany(off, fundingTransactions(paymentChain(off)), firstBlockTime(off.spec));
  const built = await buildBlock(off, there.parent(), attributesAfter(there.parent(), off), funding.map(expectValid), {
    verified: true,
  });
  if (built.receipts.length !== funding.length || built.receipts.some(({ status }) => status !== 1))
    throw new Error("The senders of the bench could not be given tokens.");
  there.add(built);
  return { parent: there.parent(), close: () => there.close() };
}

/** The block's execution alone, proofs known: from the transactions to the state root. */
async function execute(rules: Rules, parent: Parent, checked: readonly CheckedTransaction[]): Promise<void> {
  const run = openBlock(rules, parent, attributesAfter(parent, rules));
  for (const one of checked) expectValid(await run.apply(one));
  run.seal();
}

/**
 * The same transfers as plain messages of accounts that hold coin and tokens, on @ethereumjs/evm with its own Merkle state: nonce, gas paid to
 * the proposer, message, clean-up; the state root once at the end. No signatures, blocks or receipts.
 */
async function plainTransfers(rules: Rules): Promise<() => Promise<void>> {
  const common = evmCommon(rules.spec.chainId);
  const token = new Address(WRAPPED_COIN_ADDRESS);
  const code = PREDEPLOYS.find(({ address }) => keyOf(address) === keyOf(WRAPPED_COIN_ADDRESS))?.code;
  if (code === undefined) throw new Error("There is no wrapped coin among the predeploys.");
  const base = new MerkleStateManager({ common });
  await base.putCode(token, code);
  const evm = await createEVM({ common, stateManager: base });
  const block = evmBlock(rules.genesis.header);
  const price = rules.spec.priceLadder[0] ?? 0n;
  const proposer = new Address(new Uint8Array(20).fill(0xfe));
  const senders = Array.from({ length: TRANSFERS }, (_, i) => new Address(senderOf(i).address));
  for (const sender of senders) {
    await base.putAccount(sender, new Account(0n, 10n ** 18n));
    await evm.runCall({ caller: sender, to: token, value: 2n, gasLimit: 1_000_000n, block });
    await evm.journal.cleanup();
  }
  await base.flush();
  const root = await base.getStateRoot();

  return async () => {
    await base.setStateRoot(root);
    for (const [i, sender] of senders.entries()) {
      evm.journal.addAlwaysWarmAddress(sender.toString());
      evm.journal.addAlwaysWarmAddress(token.toString());
      const { execResult } = await evm.runCall({
        caller: sender,
        to: token,
        data: transferData(receiverOf(i), 1n),
        gasLimit: 100_000n,
        gasPrice: price,
        block,
      });
      if (execResult.exceptionError !== undefined) throw new Error(execResult.exceptionError.error);
      await move(base, sender, -(21_000n + execResult.executionGasUsed) * price);
      await move(base, proposer, (21_000n + execResult.executionGasUsed) * price);
      await evm.journal.cleanup();
    }
    await base.flush();
    await base.getStateRoot();
  };
}

async function move(state: MerkleStateManager, address: Address, amount: bigint): Promise<void> {
  const account = (await state.getAccount(address)) ?? new Account();
  account.balance += amount;
  await state.putAccount(address, account);
}
