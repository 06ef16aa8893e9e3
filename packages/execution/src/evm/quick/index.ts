import type { EVM } from "@ethereumjs/evm";
import type { Journal } from "../../state/index.js";
import { quickAddress } from "./address.js";
import { quickFrames } from "./frames.js";
import { warmJournal } from "./journal.js";
import type { EvmInside } from "./library.js";

/** Gives an EVM that works on `state` a journal and frames that cost what their gas allows; what it computes stays the same. */
export function quicken(evm: EVM, state: Journal): EVM {
  const inside = evm as unknown as EvmInside;
  const journal = warmJournal(evm.stateManager, state);
  inside.journal = journal;
  inside._generateAddress = quickAddress(inside._generateAddress.bind(evm));
  inside.runInterpreter = quickFrames(evm, state, journal).runInterpreter;
  return evm;
}
