import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as p from "../../src/index.js";
import { codeOf, countingRandom, flipped } from "../support.js";

const random = countingRandom(23);

describe("memos", () => {
  it("are read by the holder of their key, wherever they stand among other chunks", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 400 }), fc.integer({ min: 0, max: 3 }), (text, before) => {
        const key = random(32);
        const chunks = p.sealMemo(key, text);
        expect(chunks.length).toBe(p.memoChunksFor(p.utf8(text).length));
        for (const chunk of chunks) expect(chunk.length).toBe(p.MEMO_CHUNK_BYTES);
        const other = p.sealMemo(random(32), "other");
        const all = [...Array.from({ length: before }, () => p.randomChunk()), ...chunks, ...other];
        expect(p.openMemo(key, all)).toEqual({
          text,
          safeText: p.sanitizeText(text),
          first: before,
          count: chunks.length,
        });
        expect(p.openMemo(random(32), all)).toBeUndefined();
      }),
      { numRuns: 40 },
    );
  });

  it("take one chunk up to 206 bytes, and have a longest length", () => {
    expect([0, 206, 207, 462, 463, p.MEMO_MAX_TEXT_BYTES].map(p.memoChunksFor)).toEqual([1, 1, 2, 2, 3, 16]);
    expect(codeOf(() => p.sealMemo(random(32), "ä".repeat(p.MEMO_MAX_TEXT_BYTES)))).toBe("memo/too-long");
    const key = random(32);
    const longest = "x".repeat(p.MEMO_MAX_TEXT_BYTES);
    expect(p.openMemo(key, p.sealMemo(key, longest))?.text).toBe(longest);
  });

  it("that are changed, cut, mixed or of the wrong key open to nothing, without an error", () => {
    const key = random(32);
    const chunks = p.sealMemo(key, "y".repeat(500)) as [Uint8Array, Uint8Array, Uint8Array];
    expect(chunks.length).toBe(3);
    for (const index of [0, 31, 32, 33, 255]) {
      expect(p.openMemo(key, [flipped(chunks[0], index), chunks[1], chunks[2]])).toBeUndefined();
      expect(p.openMemo(key, [chunks[0], chunks[1], flipped(chunks[2], index)])).toBeUndefined();
    }
    expect(p.openMemo(key, chunks.slice(0, 2))).toBeUndefined();
    expect(p.openMemo(key, [chunks[0], chunks[2], chunks[1]])).toBeUndefined();
    expect(p.openMemo(key, [])).toBeUndefined();
    expect(p.openMemo(key, [new Uint8Array(0), random(3)])).toBeUndefined();
  });

  it("commit to their key: a text sealed under one key cannot be opened under another", () => {
    // ChaCha20-Poly1305 alone lets one ciphertext be made that opens under two keys; the commitment at its head rules that out.
    const [one, two] = [random(32), random(32)] as [Uint8Array, Uint8Array];
    const [first] = p.sealMemo(one, "to you") as [Uint8Array];
    const [second] = p.sealMemo(two, "to you") as [Uint8Array];
    expect(first.subarray(0, 32)).not.toEqual(second.subarray(0, 32));
    const spliced = p.concatBytes(second.subarray(0, 32), first.subarray(32));
    expect(p.openMemo(one, [spliced])).toBeUndefined();
    expect(p.openMemo(two, [spliced])).toBeUndefined();
  });

  it("have random chunks in their place when there are none", () => {
    expect(p.randomChunk().length).toBe(p.MEMO_CHUNK_BYTES);
    expect(p.randomChunk()).not.toEqual(p.randomChunk());
  });
});

describe("text of others", () => {
  it("D28: loses control characters, terminal escapes, bidirectional and invisible characters", () => {
    const cases: readonly (readonly [string, string])[] = [
      ["\u001b[31mred\u001b[0m", "\ufffd[31mred\ufffd[0m"],
      ["\u009b2J", "\ufffd2J"],
      ["a\u0000b\u0007c\u007fd\u0008e", "a\ufffdb\ufffdc\ufffdd\ufffde"],
      ["\u202egpj.exe", "\ufffdgpj.exe"],
      ["\u2066a\u2069\u200e\u200f\u061c", "\ufffda\ufffd\ufffd\ufffd\ufffd"],
      ["a\u200bb\ufeffc\u00add\u2060e", "a\ufffdb\ufffdc\ufffdd\ufffde"],
      ["a\u2028b\u2029c\u0085d", "a\ufffdb\ufffdc\ufffdd"],
      ["\ud800x\udfff", "\ufffdx\ufffd"],
      ["\ue000\u{e0041}\u{e0101}\u3164\uffff", "\ufffd\ufffd\ufffd\ufffd\ufffd"],
      ["line 1\r\nline 2\rline 3\nend\tx", "line 1\nline 2\nline 3\nend\ufffdx"],
      ["e" + "\u0301".repeat(50), "e" + "\u0301".repeat(4)],
    ];
    for (const [raw, shown] of cases) expect(p.sanitizeText(raw)).toBe(shown);
  });

  it("D28: keeps what people write", () => {
    for (const text of ["Grüße, 你好, שלום, नमस्ते, 🌍👩‍👩‍👧 ❤️", "1 < 2 & \"x\" 'y'", "", "می‌خواهم"]) {
      expect(p.sanitizeText(text)).toBe(text);
    }
  });

  it("D28: names and symbols are one line of limited length", () => {
    expect(p.sanitizeName(" USD\n\tCoin\u200d ")).toBe("USD\ufffd\ufffdCoin");
    expect(p.sanitizeName("\u202eOCRES\u001b]0;x\u0007")).toBe("\ufffdOCRES\ufffd]0;x\ufffd");
    expect(p.sanitizeName("x".repeat(1000))).toBe("x".repeat(63) + "…");
  });

  it("D28: HTML is escaped where it must be", () => {
    expect(p.escapeHtml(`<img src=x onerror="a('b')">&`)).toBe(
      "&lt;img src=x onerror=&quot;a(&#39;b&#39;)&quot;&gt;&amp;",
    );
  });

  it("D28: no text at all leaves an unsafe character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
        const shown = p.sanitizeText(text);
        expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u2028\u2029]/);
        expect(p.sanitizeText(shown)).toBe(shown);
        expect(p.sanitizeName(text)).not.toMatch(/[\n\r]/);
      }),
      { numRuns: 40 },
    );
  });
});
