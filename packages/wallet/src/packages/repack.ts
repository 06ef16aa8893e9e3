import { encodeFunctionData } from "viem/utils";
import { POOL_ABI } from "@sero/contracts";
import {
  COIN,
  FIELD_ORDER,
  NO_RK,
  POOL_ADDRESS,
  SeroError,
  addressForChange,
  bigIntToBytes,
  bytesToBigInt,
  compareBytes,
  concatBytes,
  decodeAddress,
  genesisId,
  keccak256,
  noteSeed,
  randomAddress,
  randomBytes,
  sealNote,
  toHex,
  utf8,
  type Address,
  type AssetId,
  type EthAddress,
  type Nullifier,
} from "@sero/protocol";
import type { RepackNote, RepackWitness } from "@sero/circuits";
import { prepareCall, type PreparedCall } from "../calls/prepare.js";
import { pseudonymKeys } from "../pseudonyms/keep.js";
import type { WalletContext } from "../wallet/context.js";
import { checkController } from "./controller.js";
import { controlledPackage, hexOf, poolCall } from "./move.js";
import type { PackageOpening, RepackOutput, RepackRequest } from "./types.js";

/** Outputs of every repack. */
const OUTPUTS = 3;
const NOBODY = new Uint8Array(20) as EthAddress;
const FILLER_ID = new Uint8Array(32);

interface Sealed {
  readonly note: RepackNote;
  readonly commitment: bigint;
  readonly ciphertext: Uint8Array;
  readonly kind: 0 | 1;
  readonly controller: EthAddress;
}

/** What a repack is made of, each in the order of the Pool's function. */
export interface RepackStatement {
  readonly ids: readonly [Uint8Array, Uint8Array];
  readonly outCms: readonly [bigint, bigint, bigint];
  readonly kinds: readonly [number, number, number];
  readonly controllers: readonly [EthAddress, EthAddress, EthAddress];
  readonly notes: readonly [Uint8Array, Uint8Array, Uint8Array];
}

/**
 * ctx, as the Pool computes it: keccak256("SERO/repack/1" || genesis id || chain id 32 || Pool 20 || caller 20 || ids || output commitments ||
 * kinds (32 each) || controllers (20 each) || keccak256 of each ciphertext) mod r. Integers big-endian.
 */
export function repackContext(
  statement: RepackStatement,
  chain: { readonly genesisId: Uint8Array; readonly chainId: bigint },
  caller: EthAddress,
): bigint {
  const { ids, outCms, kinds, controllers, notes } = statement;
  const bytes = concatBytes(
    utf8("SERO/repack/1"),
    chain.genesisId,
    bigIntToBytes(chain.chainId, 32),
    POOL_ADDRESS,
    caller,
    ...ids,
    ...outCms.map((cm) => bigIntToBytes(cm, 32)),
    ...kinds.map((kind) => bigIntToBytes(BigInt(kind), 32)),
    ...controllers,
    ...notes.map((note) => keccak256(note)),
  );
  return bytesToBigInt(keccak256(bytes)) % FIELD_ORDER;
}

/**
 * Proves and plans a repack: one or two packages of one pseudonym of ours, whose contents we know, become notes and packages of the same sums. What
 * the outputs leave over comes to us as notes. Throws package/*, address/*, circuits/*, and as prepareCall.
 */
export async function prepareRepack(context: WalletContext, request: RepackRequest): Promise<PreparedCall> {
  const ids = [...request.ids].sort(compareBytes);
  if (ids.length < 1 || ids.length > 2 || ids.some((id, i) => i > 0 && toHex(id) === toHex(ids[i - 1] as Uint8Array)))
    throw new SeroError("package/inputs", "A repack takes one or two different packages.");
  const inputs = await Promise.all(ids.map((id) => controlledPackage(context, id)));
  const controller = (inputs[0] as (typeof inputs)[number]).controller;
  if (inputs.some((input) => toHex(input.controller) !== toHex(controller)))
    throw new SeroError("package/controllers", "Both packages must be controlled by one pseudonym.");
  const contents = inputs.map(({ info }) => {
    if (info.contents === undefined)
      throw new SeroError("package/unknown-contents", "A repack needs to know what is inside each package.", {
        id: toHex(info.id),
      });
    return info.contents;
  });
  const { account } = pseudonymKeys(context, controller);
  const outputs = outputsOf(context, request, contents, controller, account, ids[0] as Uint8Array);
  const statement: RepackStatement = {
    ids: [ids[0] as Uint8Array, ids[1] ?? FILLER_ID],
    outCms: three(outputs.map(({ commitment }) => commitment)),
    kinds: three(outputs.map(({ kind }) => kind)),
    controllers: three(outputs.map((output) => output.controller)),
    notes: three(outputs.map(({ ciphertext }) => ciphertext)),
  };
  const { spec } = context.secret.chain;
  const ctx = repackContext(statement, { genesisId: genesisId(spec), chainId: spec.chainId }, controller);
  const proof = await prove(context, {
    ctx,
    inputs: [noteOf(contents[0] as PackageOpening), contents[1] === undefined ? undefined : noteOf(contents[1])],
    outputs: three(outputs.map(({ note }) => note)),
  });
  const data = encodeFunctionData({
    abi: POOL_ABI,
    functionName: "repack",
    args: [
      [hexOf(statement.ids[0]), hexOf(statement.ids[1])],
      three(statement.outCms),
      three(statement.kinds),
      three(statement.controllers.map(hexOf)),
      three(statement.notes.map(hexOf)),
      hexOf(proof),
    ],
  });
  const { priceStep } = request;
  return prepareCall(context, {
    calls: [poolCall(data)],
    account: request.account ?? account,
    pseudonym: controller,
    bring: [],
    ...(priceStep === undefined ? {} : { priceStep }),
  });
}

async function prove(context: WalletContext, witness: RepackWitness): Promise<Uint8Array> {
  const { openRepackProving } = context.platform;
  if (openRepackProving === undefined)
    throw new SeroError("package/no-prover", "Repacks can't be proved here. Use the wallet in Node.");
  const prover = await openRepackProving();
  try {
    return await prover.prove(witness);
  } finally {
    await prover.close();
  }
}

const noteOf = ({ inner, asset, value, blind }: PackageOpening): RepackNote => ({
  inner: inner as RepackNote["inner"],
  asset,
  value,
  blind,
});

/** The outputs asked for, then what is left over for ourselves, then empty ones: always three. Throws package/sums, package/outputs, package/controller. */
function outputsOf(
  context: WalletContext,
  request: RepackRequest,
  contents: readonly PackageOpening[],
  repacker: EthAddress,
  account: number,
  firstId: Uint8Array,
): Sealed[] {
  const keys = context.keys.spending(account);
  const { hrp } = context.secret.chain.spec;
  const left = new Map<AssetId, bigint>();
  for (const { asset, value } of contents) left.set(asset, (left.get(asset) ?? 0n) + value);
  const wanted = request.outputs.map((output) => {
    const asset = output.asset ?? COIN;
    if (output.kind === "package" && output.controller !== undefined) checkController(output.controller);
    if (output.amount <= 0n) throw new SeroError("amount/zero", "Give an amount above zero.");
    const rest = (left.get(asset) ?? 0n) - output.amount;
    if (rest < 0n)
      throw new SeroError("package/sums", "The outputs hold more than the packages: every asset's sum must be kept.", {
        asset: asset.toString(),
      });
    left.set(asset, rest);
    return { address: decodeAddress(output.address, hrp), asset, value: output.amount, output };
  });
  const rest = [...left]
    .filter(([, value]) => value > 0n)
    .map(([asset, value]) => ({ address: addressForChange(keys, 0n), asset, value, output: undefined }));
  const all: { address: Address; asset: AssetId; value: bigint; output: RepackOutput | undefined }[] = [
    ...wanted,
    ...rest,
  ];
  if (all.length > OUTPUTS)
    throw new SeroError("package/outputs", `A repack has ${OUTPUTS} outputs, what is left over for us included.`, {
      outputs: all.length,
    });
  while (all.length < OUTPUTS) all.push({ address: randomAddress(), asset: COIN, value: 0n, output: undefined });
  // A package is repacked once, so its id makes the seeds unique as nf[0] does those of a transaction's outputs.
  const place = (bytesToBigInt(firstId) % FIELD_ORDER) as Nullifier;
  return all.map(({ address, asset, value, output }, i): Sealed => {
    const seed = noteSeed(randomBytes(32), keys.nk, place, i);
    const isReal = value > 0n;
    const sealed = sealNote({
      address,
      asset,
      value,
      seed,
      memoKey: randomBytes(32),
      ovk: isReal ? keys.ovk : undefined,
      rk: NO_RK,
    });
    const isPackage = output?.kind === "package";
    return {
      note: { inner: sealed.inner, asset, value, blind: sealed.note.blind } as RepackNote,
      commitment: sealed.commitment,
      ciphertext: sealed.ciphertext,
      kind: isPackage ? 1 : 0,
      controller: isPackage ? (output.controller ?? repacker) : NOBODY,
    };
  });
}

function three<T>(items: readonly T[]): [T, T, T] {
  const [a, b, c] = items;
  if (a === undefined || b === undefined || c === undefined)
    throw new SeroError("package/outputs", "A repack has three outputs.");
  return [a, b, c];
}
