/** The node's version, as in its package.json. */
export const NODE_VERSION = "0.1.0";

/** What `web3_clientVersion` answers: name, version, platform and runtime, in the form that tools expect. */
export function clientVersion(): string {
  return `SERO/v${NODE_VERSION}/${process.platform}-${process.arch}/node${process.versions.node}`;
}
