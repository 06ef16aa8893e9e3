/** The ASCII bytes of `name` read as a big-endian integer; at most 30 characters, so below r. */
function domain(name: string): bigint {
  let value = 0n;
  for (const character of name) value = (value << 8n) | BigInt(character.charCodeAt(0));
  return value;
}

/** What each domain constant is the ASCII of. */
export const DOMAIN_NAMES = {
  D_ACCT: "SERO/acct",
  D_OWNER: "SERO/owner",
  D_INNER: "SERO/inner",
  D_NOTE: "SERO/note",
  D_NF: "SERO/nf",
  D_NODE: "SERO/node",
  D_ASSET: "SERO/asset",
  D_RET: "SERO/ret",
  D_SLOT: "SERO/slot",
} as const;

/** Name of a domain constant. */
export type DomainName = keyof typeof DOMAIN_NAMES;

/**
 * The first input of every Poseidon hash, a different one per use, so that no hash of one use is one of another. The only list: the
 * circuits' constants are generated from it.
 */
export const DOMAINS: Readonly<Record<DomainName, bigint>> = {
  D_ACCT: domain(DOMAIN_NAMES.D_ACCT),
  D_OWNER: domain(DOMAIN_NAMES.D_OWNER),
  D_INNER: domain(DOMAIN_NAMES.D_INNER),
  D_NOTE: domain(DOMAIN_NAMES.D_NOTE),
  D_NF: domain(DOMAIN_NAMES.D_NF),
  D_NODE: domain(DOMAIN_NAMES.D_NODE),
  D_ASSET: domain(DOMAIN_NAMES.D_ASSET),
  D_RET: domain(DOMAIN_NAMES.D_RET),
  D_SLOT: domain(DOMAIN_NAMES.D_SLOT),
};
