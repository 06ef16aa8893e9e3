import { SeroError, toHex } from "@sero/protocol";
import { argumentsOf, constructorInputs, creationOf, readArtifact } from "../abi/index.js";
import type { Context } from "../context.js";
import { coinAmount } from "./amounts.js";
import { placeholdersOf, requestBase, type CallOptions } from "./call.js";
import { withSyncedWallet } from "./open-wallet.js";
import { agreeAndSend, tellOutcome } from "./prepared-call.js";

/** `sero deploy`: creates a contract from a compiled file, anonymously. */
export const deploy = async (
  context: Context,
  file: string,
  args: readonly string[],
  options: CallOptions,
): Promise<void> => {
  const { abi, bytecode } = await readArtifact(file);
  if (bytecode === undefined)
    throw new SeroError("cli/artifact", `${file} has no bytecode: it is an interface or an abstract contract.`);
  const inputs = constructorInputs(abi);
  await withSyncedWallet(context, async (wallet) => {
    const prepared = await wallet.prepareCall({
      ...requestBase(wallet, options),
      calls: (self) => [
        {
          value: options.value === undefined ? 0n : coinAmount(options.value),
          data: creationOf(abi, bytecode, argumentsOf(inputs, args, placeholdersOf(self))),
          abi,
        },
      ],
    });
    const sent = await agreeAndSend(context, wallet, prepared, options);
    if (sent === undefined) return;
    const address = sent.outcome?.created[0];
    const contract = address === undefined ? undefined : toHex(address);
    tellOutcome(context, sent, { contract }, contract === undefined ? [] : [`The contract is at ${contract}.`]);
  });
};
