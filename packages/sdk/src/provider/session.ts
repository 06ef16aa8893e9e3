import { SeroError, toHex } from "@sero/protocol";
import { unauthorized } from "./errors.js";
import type { Hex } from "./json.js";
import type { ProviderWallet, SessionOptions } from "./types.js";

/** A session with its fixed list of kept pseudonyms. */
export interface Session extends Required<Omit<SessionOptions, "as">> {
  /** In the order of their creation; the same ones whenever the session of this name is opened again. */
  readonly addresses: readonly Hex[];
}

/**
 * The session's pseudonyms out of the wallet's: those named, then those made for this site; more are made where some are missing.
 *
 * @throws SeroError pseudonym/unknown, pseudonym/other-account, pseudonym/other-site for a named one that does not fit
 */
export async function openSession(wallet: ProviderWallet, options: SessionOptions): Promise<Session> {
  const { site, as = [], accounts = Math.max(1, as.length), account = 0, priceStep = 0, keep = [] } = options;
  const found = wallet.pseudonyms().filter((info) => info.site === site && info.account === account);
  const known = [
    ...as.map((address) => namedOf(wallet, address, site, account)),
    ...found.map((info) => toHex(info.address) as Hex),
  ];
  const addresses = [...new Set(known)].slice(0, Math.max(accounts, as.length));
  while (addresses.length < accounts) {
    const { address } = await wallet.newPseudonym({ site, account, label: site });
    addresses.push(toHex(address) as Hex);
  }
  return { site, accounts, account, priceStep, keep, addresses };
}

function namedOf(wallet: ProviderWallet, named: Hex, site: string, account: number): Hex {
  const address = named.toLowerCase() as Hex;
  const info = wallet.pseudonyms().find((candidate) => toHex(candidate.address) === address);
  if (info === undefined)
    throw new SeroError("pseudonym/unknown", "This wallet keeps no such pseudonym. Choose one of its list.", {
      address,
    });
  if (info.account !== account)
    throw new SeroError("pseudonym/other-account", "That pseudonym belongs to another account of this wallet.", {
      account: info.account,
    });
  // Two sites that know one address know one person.
  if (info.site !== undefined && info.site !== site)
    throw new SeroError("pseudonym/other-site", "That pseudonym was made for another site. Give each site its own.", {
      address,
      site: info.site,
    });
  return address;
}

/** @throws ProviderRpcError 4100 unless the address is one of the session's */
export function checkOwn(session: Session, address: Hex): Hex {
  if (!session.addresses.includes(address)) throw unauthorized(address);
  return address;
}
