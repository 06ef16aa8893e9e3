import { COIN_SYMBOL } from "@sero/protocol";

/*
 * Letters, digits and signs of other scripts that look like Latin ones, folded to what they look like. Not all of Unicode's confusables (UTS 39),
 * but those with which five letters of Latin can be written; what NFKC folds (full width, mathematical) and marks need no entry.
 */
const LOOKALIKES: Readonly<Record<string, string>> = {
  a: "аαɑᴀꭺ@4",
  b: "ʙвßβᏼꮟ8",
  c: "сϲᴄⅽꮯ",
  d: "ԁᴅꭰꮷ",
  e: "еєεᴇꭼҽ℮3€ɛ",
  g: "ɢԍɡց",
  h: "һнʜհꮋ",
  i: "іιıɪᎥꭵl1|ӏ!ǀ",
  j: "јյᴊꭻ",
  k: "кκᴋꮶ",
  m: "мᴍꮇ",
  n: "ոηɴռ",
  o: "оοσօᴏഠ๐໐ꮎ0ⲟ",
  p: "рρᴘꮲ",
  q: "ԛգ",
  r: "гʀꭱꮢᴦ",
  s: "ѕꜱꮪ5$ʂ",
  t: "тτᴛꭲ7",
  u: "υսᴜ",
  v: "νѵᴠꮩ",
  w: "ԝᴡꮃա",
  x: "хχⅹ",
  y: "уγʏỿ",
  z: "ᴢꮓ2",
};

const FOLD = new Map(
  Object.entries(LOOKALIKES).flatMap(([letter, like]) =>
    Array.from(like).map((character) => [character, letter] as const),
  ),
);

/** What a text looks like at a glance: lower case, without marks, spaces, signs and invisible characters, lookalikes folded. */
export function skeletonOf(text: string): string {
  const plain = text.normalize("NFKD").replace(/[\p{M}\p{Cf}\p{Cc}\p{Z}]/gu, "");
  const folded = Array.from(plain.toLowerCase()).map((character) => FOLD.get(character) ?? character);
  return folded.join("").replace(/[^\p{L}\p{N}]/gu, "");
}

const COIN_SKELETON = skeletonOf(COIN_SYMBOL);

/** Whether a name or symbol could be taken for the coin's. */
export const imitatesCoin = (text: string): boolean => skeletonOf(text) === COIN_SKELETON;
