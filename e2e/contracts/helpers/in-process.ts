import { bytesToHex, hexToBytes } from "viem";
import { ensureSpendArtifacts } from "@sero/circuits";
import {
  layered,
  openEvm,
  openJournal,
  openRules,
  runPhase,
  type StateBackend,
  type VisibleHeader,
} from "@sero/execution";
import { developmentSpec, type EthAddress } from "@sero/protocol";
import { prooflessVerifier } from "../../helpers/proofless.js";
import { STEP_GAS, type Machine, type Setting } from "./machine.js";

const NEW = {
  nonce: 0n,
  balance: 0n,
  codeHash: hexToBytes("0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
};
const EMPTY_ROOT = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";

/** SERO's own call phase on a development chain's genesis state, without the notes that would pay for it. */
export const openInProcess = async (setting: Setting): Promise<Machine> => {
  await ensureSpendArtifacts();
  const spec = developmentSpec([], { chainId: setting.chainId, gasLimit: setting.gasLimit });
  const rules = await openRules({ spec, verifier: prooflessVerifier() });
  let state: StateBackend = rules.genesis.state;
  let number = 0n;
  return {
    async run({ from, to, value = 0n, data, gas = STEP_GAS }) {
      number++;
      const header: VisibleHeader = {
        number,
        timestamp: setting.timeOf(number),
        feeRecipient: hexToBytes(setting.proposer) as EthAddress,
        prevRandao: new Uint8Array(32),
        gasLimit: setting.gasLimit,
        baseFee: setting.price,
        difficulty: 0n,
      };
      const pseudonym = hexToBytes(from) as EthAddress;
      const journal = openJournal(state);
      const { nonce, balance, codeHash } = journal.account(pseudonym) ?? NEW;
      journal.setAccount(pseudonym, { nonce: nonce + 1n, balance, codeHash });
      const evm = await openEvm(rules, journal, () => undefined);
      const call = { to: to === undefined ? undefined : (hexToBytes(to) as EthAddress), value, data: hexToBytes(data) };
      const { failure, calls, logs, gasUsed } = await runPhase(
        evm,
        journal,
        header,
        { pseudonym, unshields: [], calls: [call], returns: [], gasLimit: gas, price: setting.price },
        { open: () => journal.credit(pseudonym, value), close: () => undefined },
      );
      state = layered(state, journal.finish());
      const created = calls[0]?.created;
      return {
        ok: failure === undefined,
        gas: failure === undefined ? (calls[0]?.gasUsed ?? -1n) : gasUsed,
        charged: gasUsed,
        created: created && bytesToHex(created),
        logs: logs.map((log) => ({
          address: bytesToHex(log.address),
          topics: log.topics.map((topic) => bytesToHex(topic)),
          data: bytesToHex(log.data),
        })),
      };
    },
    account: async (address) => {
      const account = state.account(hexToBytes(address as `0x${string}`));
      return {
        nonce: account?.nonce ?? 0n,
        balance: account?.balance ?? 0n,
        codeHash: bytesToHex(account?.codeHash ?? NEW.codeHash),
        storageHash: account === undefined ? EMPTY_ROOT : bytesToHex(account.storageRoot),
      };
    },
  };
};
