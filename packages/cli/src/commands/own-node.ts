import { isOwnNode, safeUrl } from "@sero/wallet";
import type { Context } from "../context.js";

/**
 * Says once, before anything is asked, that somebody else's node is going to learn what the chain never shows: which pseudonyms are asked about
 * together, and calls that are only tried out.
 */
export const noteForeignNode = ({ output, nodeUrl }: Context): void => {
  if (isOwnNode(nodeUrl)) return;
  output.note(
    `The node ${safeUrl(nodeUrl)} is not on this machine. Whoever runs it learns which calls you try out, which pseudonyms are yours together, and what you may hold. Use your own node (--node) to keep that to yourself.`,
  );
};
