import { toHex } from "@sero/protocol";
import { balancesOf } from "../balance/index.js";
import { historyOf } from "../history/index.js";
import { infoFinder, listAssets } from "./assets.js";
import { viewOf, type WalletContext } from "./context.js";
import {
  exportAssets,
  exportBalances,
  exportHistory,
  exportNotes,
  exportPackages,
  type WalletExport,
} from "./export.js";
import { addressesOf } from "./show.js";

/** Everything of one's own. */
export function exportWallet(context: WalletContext): WalletExport {
  const view = viewOf(context);
  const infoOf = infoFinder(context);
  const canMakeAddresses = context.keys.kind !== "incoming-view";
  return {
    type: "sero-wallet-export",
    version: 1,
    network: context.secret.chain.spec.network,
    genesisHash: toHex(context.secret.chain.genesisHash),
    kind: context.keys.kind,
    birthday: context.secret.birthday.toString(),
    scannedBlock: view.scanned.toString(),
    accounts: context.state.ledger.accounts.map(({ account }) => ({
      account,
      addresses: canMakeAddresses
        ? addressesOf(context, account).map(({ address, label }) => ({ address, label: label ?? null }))
        : [],
    })),
    assets: exportAssets(listAssets(context)),
    balances: exportBalances(balancesOf(view, undefined), infoOf),
    history: exportHistory(historyOf(view, undefined), infoOf),
    notes: exportNotes(context.state.ledger.notes.values(), infoOf),
    packages: exportPackages(context.state.ledger.packages.values(), infoOf),
  };
}
