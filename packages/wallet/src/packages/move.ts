import { encodeFunctionData } from "viem/utils";
import { POOL_ABI } from "@sero/contracts";
import { POOL_ADDRESS, SeroError, fromHex, toHex, type EthAddress } from "@sero/protocol";
import type { CallSpec } from "../calls/types.js";
import { prepareCall, preparePackages, type PreparedCall } from "../calls/prepare.js";
import { newKeptPseudonym } from "../pseudonyms/keep.js";
import type { WalletContext } from "../wallet/context.js";
import { checkController } from "./controller.js";
import { findPackage } from "./list.js";
import type { PackageInfo, SealTransactionRequest } from "./types.js";

/** Options of everything that is done to a package. */
export interface PackageOptions {
  readonly priceStep?: number;
}

/** viem's hex. */
export const hexOf = (bytes: Uint8Array): `0x${string}` => toHex(bytes) as `0x${string}`;

/** A call of the Pool. */
export const poolCall = (data: string): CallSpec => ({
  to: POOL_ADDRESS,
  data: fromHex(data),
  abi: POOL_ABI,
  name: "Pool",
});

/**
 * Plans a transaction that locks hidden contents into packages, without calls. A package without a controller gets a new kept pseudonym, durable
 * before it is named. Throws package/nothing, package/controller, and as prepareCall.
 */
export async function prepareSeal(context: WalletContext, request: SealTransactionRequest): Promise<PreparedCall> {
  const { account = 0, contents, ...options } = request;
  if (contents.length === 0) throw new SeroError("package/nothing", "Name what to seal.");
  // All of them before a pseudonym is made for any.
  for (const { controller } of contents) if (controller !== undefined) checkController(controller);
  const packages = [];
  for (const entry of contents) {
    const controller = entry.controller ?? (await newKeptPseudonym(context, { account, label: "packages" })).address;
    packages.push({ ...entry, controller });
  }
  const { priceStep } = options;
  return preparePackages(context, { account, packages, ...(priceStep === undefined ? {} : { priceStep }) });
}

/** A package that a pseudonym of ours controls, and that pseudonym. Throws package/unknown, package/not-ours. */
export async function controlledPackage(
  context: WalletContext,
  id: Uint8Array,
): Promise<{ readonly info: PackageInfo; readonly controller: EthAddress }> {
  const info = await findPackage(context, id);
  const { controller } = info;
  if (controller === undefined || !info.controlled)
    throw new SeroError(
      "package/not-ours",
      controller === undefined
        ? "That package is not there any more."
        : "No pseudonym of this wallet controls that package; only its controller can do that.",
      { id: toHex(id) },
    );
  return { info, controller };
}

/** Plans handing a package on; with `data` the new controller is a contract that is called. Throws package/*, and as prepareCall. */
export async function preparePackageTransfer(
  context: WalletContext,
  request: PackageOptions & { readonly id: Uint8Array; readonly to: EthAddress; readonly data?: Uint8Array },
): Promise<PreparedCall> {
  const { id, to, data, ...options } = request;
  checkController(to);
  const { controller } = await controlledPackage(context, id);
  const call =
    data === undefined
      ? encodeFunctionData({ abi: POOL_ABI, functionName: "transferPackage", args: [hexOf(id), hexOf(to)] })
      : encodeFunctionData({
          abi: POOL_ABI,
          functionName: "transferPackageAndCall",
          args: [hexOf(id), hexOf(to), hexOf(data)],
        });
  return prepareCall(context, { calls: [poolCall(call)], pseudonym: controller, bring: [], ...options });
}

/** Plans the release of packages that one pseudonym controls: their contents become notes of those they are for. Throws package/*, and as prepareCall. */
export async function prepareRelease(
  context: WalletContext,
  request: PackageOptions & { readonly ids: readonly Uint8Array[] },
): Promise<PreparedCall> {
  const { ids, ...options } = request;
  const controlled = await Promise.all(ids.map((id) => controlledPackage(context, id)));
  const [first] = controlled;
  if (first === undefined) throw new SeroError("package/nothing", "Name a package.");
  if (controlled.some(({ controller }) => toHex(controller) !== toHex(first.controller)))
    throw new SeroError(
      "package/controllers",
      "These packages are controlled by different pseudonyms. Release them one by one, so that nothing links them.",
    );
  const calls = ids.map((id) =>
    poolCall(encodeFunctionData({ abi: POOL_ABI, functionName: "releasePackage", args: [hexOf(id)] })),
  );
  return prepareCall(context, { calls, pseudonym: first.controller, bring: [], ...options });
}
