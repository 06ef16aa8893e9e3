import {
  SeroError,
  compareBytes,
  equalBytes,
  toHex,
  type Commitment,
  type EthAddress,
  type PackageId,
} from "@sero/protocol";
import { listPseudonyms } from "../pseudonyms/keep.js";
import { byRanges, type PackageEvent } from "../rpc/index.js";
import { scannedBlock } from "../scan/index.js";
import type { PackageContents } from "../types.js";
import type { WalletContext } from "../wallet/context.js";
import { opens, openingText, readOpening, type ToldOpening } from "./text.js";
import type { PackageInfo, PackageOpening } from "./types.js";

const PREFIX = "opened/";

/** A package as the chain's events tell. */
interface Registered {
  readonly id: Uint8Array;
  readonly commitment: Commitment | undefined;
  /** Undefined: it is gone. */
  readonly controller: EthAddress | undefined;
  readonly block: bigint;
}

/**
 * Every package since the wallet's birthday, from all events of those blocks: so that the node is not told which of them concern us. By id in hex.
 * Throws rpc/*.
 */
async function registered(context: WalletContext): Promise<Map<string, Registered>> {
  const head = scannedBlock(context.state);
  const found = new Map<string, Registered>();
  const ask = (from: bigint, to: bigint): Promise<readonly PackageEvent[]> => context.client.packageEvents(from, to);
  for await (const { answer } of byRanges(context.secret.birthday, head, ask)) {
    for (const { event, id, block, commitment, controller } of answer) {
      const before = found.get(toHex(id));
      const isGone = event === "released" || event === "repacked";
      found.set(toHex(id), {
        id,
        commitment: (commitment as Commitment | undefined) ?? before?.commitment,
        controller: isGone ? undefined : controller,
        block: before?.block ?? block,
      });
    }
  }
  return found;
}

/** Packages that concern us: those we control, sealed, are to get, or were told the contents of. Newest first. Throws rpc/*. */
export async function listPackages(context: WalletContext): Promise<PackageInfo[]> {
  const all = await registered(context);
  const ours = new Set(listPseudonyms(context, true).map(({ address }) => toHex(address)));
  const known = knownContents(context);
  const told = toldOpenings(context);
  const infos: PackageInfo[] = [];
  const ids = new Set([...known.keys(), ...told.keys()]);
  for (const [key, { controller }] of all) if (controller !== undefined && ours.has(toHex(controller))) ids.add(key);
  for (const key of ids) {
    const entry = all.get(key);
    const contents = known.get(key);
    const id = entry?.id ?? contents?.id ?? told.get(key)?.id;
    if (id === undefined) continue;
    const controller = contents?.released === undefined ? entry?.controller : undefined;
    infos.push({
      id,
      commitment: entry?.commitment ?? contents?.commitment,
      controller,
      controlled: controller !== undefined && ours.has(toHex(controller)),
      contents: contents === undefined ? toldContents(told.get(key), entry) : ownContents(contents),
      sentByUs: contents?.sent ?? false,
      txid: contents?.txid,
      block: entry?.block ?? contents?.block,
    });
  }
  return infos.sort((a, b) => Number((b.block ?? 0n) - (a.block ?? 0n)) || compareBytes(a.id, b.id));
}

/** The one with this id. Throws package/unknown. */
export async function findPackage(context: WalletContext, id: Uint8Array): Promise<PackageInfo> {
  const found = (await listPackages(context)).find((info) => equalBytes(info.id, id));
  if (found === undefined)
    throw new SeroError("package/unknown", "This wallet neither controls that package nor knows what is inside.", {
      id: toHex(id),
    });
  return found;
}

function knownContents(context: WalletContext): Map<string, PackageContents> {
  const known = new Map<string, PackageContents>();
  for (const contents of context.state.ledger.packages.values()) {
    const key = toHex(contents.id);
    const before = known.get(key);
    known.set(
      key,
      before === undefined
        ? contents
        : {
            ...before,
            own: before.own || contents.own,
            sent: before.sent || contents.sent,
            address: before.address ?? contents.address,
          },
    );
  }
  return known;
}

const ownContents = (contents: PackageContents): PackageOpening => ({
  asset: contents.asset,
  value: contents.value,
  inner: contents.inner,
  blind: contents.blind,
  own: contents.own,
  memo: contents.memo,
  address: contents.address,
});

/** Contents that we were told, only if they are what the chain's commitment is of. */
function toldContents(told: ToldOpening | undefined, entry: Registered | undefined): PackageOpening | undefined {
  if (told === undefined || entry?.commitment === undefined || !opens(told, entry.commitment)) return undefined;
  const { asset, value, inner, blind } = told;
  return { asset, value, inner, blind, own: false, memo: undefined, address: undefined };
}

function toldOpenings(context: WalletContext): Map<string, ToldOpening> {
  const told = new Map<string, ToldOpening>();
  for (const key of context.database.keys(PREFIX)) {
    const opening = context.database.get<ToldOpening>(key);
    if (opening !== undefined) told.set(toHex(opening.id), opening);
  }
  return told;
}

/** Text for somebody who should know what is inside. Throws package/unknown, package/unknown-contents. */
export async function sharePackage(context: WalletContext, id: Uint8Array): Promise<string> {
  const { contents } = await findPackage(context, id);
  if (contents === undefined)
    throw new SeroError("package/unknown-contents", "This wallet does not know what is inside that package.", {
      id: toHex(id),
    });
  const { asset, value, inner, blind } = contents;
  return openingText({ id, asset, value, inner: inner as ToldOpening["inner"], blind }, context.state.genesisHash);
}

/**
 * Takes a text about a package, holds it against the commitment on the chain, and remembers it. Throws package/text, package/not-there,
 * package/false-opening, store/*.
 */
export async function openPackage(context: WalletContext, text: string): Promise<PackageInfo> {
  const told = readOpening(text, context.state.genesisHash);
  const entry = (await registered(context)).get(toHex(told.id));
  if (entry?.commitment === undefined)
    throw new SeroError("package/not-there", "There is no such package on the chain. Sync, and look again.", {
      id: toHex(told.id),
    });
  if (!opens(told, entry.commitment))
    throw new SeroError("package/false-opening", "What this text says is not what is inside the package.", {
      id: toHex(told.id),
    });
  const id = told.id as PackageId;
  if (context.state.ledger.packagesOf(id).length === 0) {
    context.database.put(PREFIX + toHex(id), told);
    await context.database.commit();
  }
  return findPackage(context, id);
}
