/**
 * Characters that can hide, reorder or overwrite what a person sees: controls (C0 but newline, DEL, C1: terminal escapes), bidirectional
 * controls and invisible characters (category Cf), line and paragraph separators, lone surrogates, private use and unassigned ones,
 * and variation selectors beyond the ones emoji use.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}\u115f\u1160\u3164\uffa0\u{e0100}-\u{e01ef}]/gu;

/** Stands visibly where something was taken out. */
const MARK = "\ufffd";

/** More than this many combining marks in a row are cut: they paint over neighbouring lines. */
const MANY_MARKS = /(\p{M}{4})\p{M}+/gu;

/** Zero-width joiner and non-joiner between visible characters: needed by Indic and Persian script and by emoji. */
const JOINERS = /[\u200c\u200d]/u;

function clean(text: string, kept: RegExp): string {
  return text.replace(UNSAFE, (character) => (kept.test(character) ? character : MARK)).replace(MANY_MARKS, "$1");
}

/**
 * A memo as it may be shown: each unsafe character becomes U+FFFD; newlines (CR LF and CR too, as LF) and joiners stay. The result is
 * text, not HTML: a page must still put it in as text (attack D28).
 */
export function sanitizeText(text: string): string {
  return clean(text.replace(/\r\n?/gu, "\n"), /[\n\u200c\u200d]/u);
}

/** A name or symbol as it may be shown: one line, no joiners at its ends, at most `limit` characters (then it ends in an ellipsis). */
export function sanitizeName(text: string, limit = 64): string {
  const shown = clean(text, JOINERS)
    .replace(/\s+/gu, " ")
    .replace(/^[\s\u200c\u200d]+|[\s\u200c\u200d]+$/gu, "");
  const characters = Array.from(shown);
  return characters.length <= limit ? shown : characters.slice(0, limit - 1).join("") + "…";
}

const HTML: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** `text` for the inside of an HTML element or quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/gu, (character) => HTML[character] as string);
}
