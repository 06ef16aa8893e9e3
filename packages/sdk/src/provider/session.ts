import { toHex } from "@sero/protocol";
import { unauthorized } from "./errors.js";
import type { Hex } from "./json.js";
import type { ProviderWallet, SessionOptions } from "./types.js";

/** A session with its fixed list of kept pseudonyms. */
export interface Session extends Required<SessionOptions> {
  /** In the order of their creation; the same ones whenever the session of this name is opened again. */
  readonly addresses: readonly Hex[];
}

/** The session's pseudonyms out of the wallet's, made where some are missing. */
export async function openSession(wallet: ProviderWallet, options: SessionOptions): Promise<Session> {
  const { site, accounts = 1, account = 0, priceStep = 0, keep = [] } = options;
  const found = wallet.pseudonyms().filter((info) => info.site === site && info.account === account);
  const addresses = found.slice(0, accounts).map(({ address }) => toHex(address) as Hex);
  while (addresses.length < accounts) {
    const { address } = await wallet.newPseudonym({ site, account, label: site });
    addresses.push(toHex(address) as Hex);
  }
  return { site, accounts, account, priceStep, keep, addresses };
}

/** @throws ProviderRpcError 4100 unless the address is one of the session's */
export function checkOwn(session: Session, address: Hex): Hex {
  if (!session.addresses.includes(address)) throw unauthorized(address);
  return address;
}
