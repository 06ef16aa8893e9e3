import { fromHex, type EthAddress } from "@sero/protocol";
import { z } from "zod";
import type {
  CallReceiptAnswer,
  EventLog,
  NodeFailure,
  PackageEvent,
  SimulateReport,
  SimulatedReturn,
} from "./call-types.js";
import { bytes, bytes32, quantity } from "./hex-schemas.js";

const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .transform((text) => fromHex(text) as EthAddress);

const eventLog = z.object({ address, topics: z.array(bytes32).max(4), data: bytes }).transform((log): EventLog => log);
const eventLogs = z.array(eventLog).max(100_000);

/** A place in a list. */
const place = z.union([z.number(), quantity.transform(Number)]).pipe(z.number().int().nonnegative());

const failure = z
  .object({
    step: z.string().max(40),
    index: place.nullish(),
    reason: z.string().max(4_000).nullish(),
    message: z.string().max(4_000).nullish(),
    output: bytes.nullish(),
  })
  .transform((answer): NodeFailure => ({
    step: answer.step,
    index: answer.index ?? undefined,
    reason: answer.message ?? answer.reason ?? "",
    output: answer.output ?? new Uint8Array(0),
  }));

const returnId = z.union([
  quantity,
  z.object({ any: z.union([z.number().int(), quantity.transform(Number)]) }).transform(({ any }) => ({ any })),
]);

const suggestion = z
  .object({
    kind: z.enum(["coin", "token", "ticket"]),
    token: address.nullish(),
    id: returnId.nullish(),
    leave: z.boolean().nullish(),
  })
  .transform((entry): SimulatedReturn => ({
    kind: entry.kind,
    token: entry.token ?? undefined,
    id: entry.id ?? 0n,
    leave: entry.leave ?? false,
  }));

/** Answer of eth_getLogs. */
export const logsAnswer = eventLogs;

/** Answer of sero_simulate. */
export const simulateAnswer = z
  .object({
    ok: z.boolean(),
    failure: failure.nullish(),
    gasUsed: quantity,
    gasLimit: quantity,
    calls: z
      .array(
        z
          .object({ gasUsed: quantity, output: bytes, created: address.nullish(), logs: eventLogs })
          .transform((call) => ({ ...call, created: call.created ?? undefined })),
      )
      .max(64),
    left: z
      .array(
        z
          .object({ kind: z.enum(["token", "ticket"]), token: address, id: quantity.nullish(), balance: quantity })
          .transform((entry) => ({ ...entry, id: entry.id ?? 0n })),
      )
      .max(10_000),
    unasked: z.number().int().nonnegative().nullish(),
    suggested: z.array(suggestion).max(1_000),
    coinLeft: quantity,
  })
  .transform((answer): SimulateReport => ({
    ...answer,
    failure: answer.failure ?? undefined,
    unasked: answer.unasked ?? 0,
  }));

/** Answer of eth_getTransactionReceipt; undefined while there is none. */
export const receiptAnswer = z
  .object({
    status: quantity,
    blockNumber: quantity,
    gasUsed: quantity,
    logs: eventLogs,
    sero: z
      .object({
        calls: z
          .array(z.object({ created: address.nullish() }))
          .max(64)
          .nullish(),
        failure: failure.nullish(),
      })
      .nullish(),
  })
  .transform((answer): CallReceiptAnswer => ({
    status: answer.status === 1n,
    block: answer.blockNumber,
    gasUsed: answer.gasUsed,
    created: (answer.sero?.calls ?? []).flatMap(({ created }) =>
      created === null || created === undefined ? [] : [created],
    ),
    failure: answer.sero?.failure ?? undefined,
    logs: answer.logs,
  }))
  .nullable()
  .transform((answer) => answer ?? undefined);

/** A number, as most eth_ methods answer. */
export const quantityAnswer = quantity;
/** Bytes, as eth_call and eth_getCode answer. */
export const bytesAnswer = bytes;

/** Answer of sero_packages. */
export const packagesAnswer = z
  .array(
    z
      .object({
        event: z.enum(["created", "transferred", "released", "repacked", "sealed"]),
        id: bytes32,
        block: quantity,
        commitment: quantity.nullish(),
        controller: address.nullish(),
        to: address.nullish(),
      })
      .transform(({ event, id, block, commitment, controller, to }): PackageEvent => ({
        event,
        id,
        block,
        commitment: commitment ?? undefined,
        controller: (event === "transferred" ? to : controller) ?? undefined,
      })),
  )
  .max(100_000);
