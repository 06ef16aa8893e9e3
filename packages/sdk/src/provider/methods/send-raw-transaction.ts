import { z } from "zod";
import { CODES, ProviderRpcError } from "../errors.js";
import { bytesText } from "../json.js";
import { defineMethod } from "../method.js";

/** Only this chain's own type can be sent. What a script signed with a key of its own has no proof that anybody pays for it. */
export const ethSendRawTransaction = defineMethod({
  name: "eth_sendRawTransaction",
  params: z.tuple([bytesText]),
  async handle(context, [bytes], signal) {
    if (bytes.startsWith("0x5e")) return context.node.request("eth_sendRawTransaction", [bytes], signal);
    throw new ProviderRpcError(
      CODES.rejected,
      'This transaction was signed with a key of the script\'s own. On this chain every transaction is anonymous, so accounts with keys hold nothing and cannot pay. Let the wallet send instead: use an address of eth_accounts as the sender (viem: createWalletClient({ account: address }); ethers: provider.getSigner(); Hardhat: accounts: "remote").',
    );
  },
});
