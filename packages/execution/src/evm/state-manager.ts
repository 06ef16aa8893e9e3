import type { AccountFields, StateManagerInterface } from "@ethereumjs/common";
import { Account as EvmAccount, type Address } from "@ethereumjs/util";
import { SeroError } from "@sero/protocol";
import type { Journal } from "../state/index.js";
import { withoutLeadingZeros } from "../state/finish.js";

/**
 * The face of a journal that @ethereumjs/evm works on. The EVM's own journal keeps the warm sets of EIP-2929; this one keeps the
 * values. State roots do not exist within a block: they are computed once at its end.
 */
export function evmStateManager(journal: Journal): StateManagerInterface {
  return {
    getAccount: (address) => Promise.resolve(toEvmAccount(journal, address)),
    putAccount(address, account) {
      if (account === undefined) journal.removeAccount(address.bytes);
      else journal.setAccount(address.bytes, account);
      return Promise.resolve();
    },
    deleteAccount(address) {
      journal.removeAccount(address.bytes);
      return Promise.resolve();
    },
    modifyAccountFields(address, fields: AccountFields) {
      const before = toEvmAccount(journal, address) ?? new EvmAccount();
      journal.setAccount(address.bytes, {
        nonce: fields.nonce ?? before.nonce,
        balance: fields.balance ?? before.balance,
        codeHash: fields.codeHash ?? before.codeHash,
      });
      return Promise.resolve();
    },
    putCode(address, code) {
      journal.setCode(address.bytes, code);
      return Promise.resolve();
    },
    getCode: (address) => Promise.resolve(journal.code(address.bytes)),
    getCodeSize: (address) => Promise.resolve(journal.code(address.bytes).length),
    // The EVM compares storage values in their shortest form: no leading zeros, zero as no bytes.
    getStorage: (address, slot) => Promise.resolve(withoutLeadingZeros(journal.storage(address.bytes, slot))),
    putStorage(address, slot, value) {
      const word = new Uint8Array(32);
      word.set(value, 32 - value.length);
      journal.setStorage(address.bytes, slot, word);
      return Promise.resolve();
    },
    clearStorage(address) {
      journal.clearStorage(address.bytes);
      return Promise.resolve();
    },
    checkpoint: () => Promise.resolve(journal.checkpoint()),
    commit: () => Promise.resolve(journal.commit()),
    revert: () => Promise.resolve(journal.revert()),
    originalStorageCache: {
      get: (address, slot) => Promise.resolve(withoutLeadingZeros(journal.originalStorage(address.bytes, slot))),
      clear: () => journal.beginTransaction(),
    },
    clearCaches: () => undefined,
    getStateRoot: () => Promise.reject(noRoots()),
    setStateRoot: () => Promise.reject(noRoots()),
    hasStateRoot: () => Promise.reject(noRoots()),
    shallowCopy: () => {
      throw noRoots();
    },
  };
}

const noRoots = (): SeroError =>
  new SeroError("evm/no-roots", "State roots are computed at the end of a block, not by the EVM; a programming error.");

function toEvmAccount(journal: Journal, address: Address): EvmAccount | undefined {
  const account = journal.account(address.bytes);
  if (account === undefined) return undefined;
  return new EvmAccount(account.nonce, account.balance, account.storageRoot, account.codeHash);
}
