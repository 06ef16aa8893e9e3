import { FORKS, SeroError } from "@sero/protocol";
import { z } from "zod";
import type { Json } from "../../rpc/json.js";
import { defineMethod, type RpcMethod } from "../../rpc/method.js";
import { bytesParam, hashParam } from "../../rpc/schemas.js";
import { builtPayloadJson } from "../json/payload.js";
import { requireFork } from "./fork.js";

const payloadId = bytesParam.refine((bytes) => bytes.length === 8, "8 bytes");

/** V2 is for Shanghai's payloads, V3 for Cancun's, V4 for Prague's, V5 for Osaka's. */
const GET_PAYLOAD = FORKS.map((fork, i): RpcMethod => {
  const version = i + 2;
  return defineMethod({
    name: `engine_getPayloadV${version}`,
    params: z.tuple([payloadId]),
    async handle({ engine, spec }, [id]) {
      const built = await engine.getPayload(id);
      requireFork(spec, built.block.header.timestamp, fork);
      return builtPayloadJson(built, version);
    },
  });
});

const MAX_BLOBS = 128;
const blobHashes = z.tuple([z.array(hashParam)]);

function requireFew(hashes: readonly Uint8Array[]): void {
  if (hashes.length > MAX_BLOBS) {
    throw new SeroError("engine/too-large", `Ask for at most ${MAX_BLOBS} blobs at a time.`, { count: hashes.length });
  }
}

/** This chain has no blobs: none is ever found. V1 ends with Osaka, V2 answers all or nothing, V3 one by one (cancun.md, osaka.md). */
function getBlobs(version: number, answer: (hashes: readonly Uint8Array[]) => Json): RpcMethod {
  return defineMethod({
    name: `engine_getBlobsV${version}`,
    params: blobHashes,
    handle({ spec, chain }, [hashes]) {
      if (version === 1) requireFork(spec, chain.head().header.timestamp, "shanghai", "prague");
      requireFew(hashes);
      return answer(hashes);
    },
  });
}

/** engine_getPayload and engine_getBlobs by version. */
export const GET_PAYLOAD_METHODS: readonly RpcMethod[] = [
  ...GET_PAYLOAD,
  getBlobs(1, (hashes) => hashes.map(() => null)),
  getBlobs(2, (hashes) => (hashes.length === 0 ? [] : null)),
  getBlobs(3, (hashes) => hashes.map(() => null)),
];
