import type { IncomingMessage } from "node:http";

/** What a request asks for; its host is made up. A target that makes no sense (`//`, a whole address) is answered like an unknown path. */
export function requestUrl(request: IncomingMessage): URL {
  const target = request.url ?? "/";
  const text = `http://node${target}`;
  return new URL(target.startsWith("/") && URL.canParse(text) ? text : "http://node/unknown");
}
