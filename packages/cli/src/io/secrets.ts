import { readFile, stat } from "node:fs/promises";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { SeroError } from "@sero/protocol";

/** Where a secret may come from besides a prompt. A secret is never an argument: those stand in process lists and shell histories. */
export interface SecretSource {
  /** File whose first line is the secret. */
  readonly file?: string | undefined;
  /** Name of the environment variable that may hold it. */
  readonly variable: string;
  readonly prompt: string;
  /** Asks twice and compares. */
  readonly confirm?: boolean;
}

const askHidden = async (prompt: string): Promise<string> => {
  let muted = false;
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      if (!muted) process.stderr.write(chunk);
      done();
    },
  });
  const lines = createInterface({ input: process.stdin, output: sink, terminal: true });
  return new Promise((resolve, reject) => {
    lines.on("SIGINT", () => {
      lines.close();
      process.stderr.write("\n");
      reject(new SeroError("cli/interrupted", "Interrupted: nothing was changed."));
    });
    lines.question(prompt, (answer) => {
      lines.close();
      process.stderr.write("\n");
      resolve(answer);
    });
    muted = true;
  });
};

/**
 * Reads a secret from its file, its environment variable, or by a prompt that does not echo, in this order.
 *
 * @throws SeroError `cli/no-secret` where none of the three is there (no terminal), `cli/secret-mismatch` when the two entries differ,
 * `cli/secret-file` when the file can't be read.
 */
export const readSecret = async (source: SecretSource): Promise<string> => {
  if (source.file !== undefined) {
    const text = await readFile(source.file, "utf8").catch((cause: unknown) => {
      throw new SeroError(
        "cli/secret-file",
        `The file ${source.file} can't be read. Check its path and rights.`,
        {},
        { cause },
      );
    });
    const mode = (await stat(source.file)).mode & 0o077;
    if (mode !== 0 && process.platform !== "win32") {
      process.stderr.write(`Others on this machine can read ${source.file}: chmod 600 it.\n`);
    }
    return text.split(/\r?\n/, 1)[0] ?? "";
  }
  const fromEnvironment = process.env[source.variable];
  if (fromEnvironment !== undefined) return fromEnvironment;
  if (!process.stdin.isTTY) {
    throw new SeroError(
      "cli/no-secret",
      `${source.prompt.replace(/:? *$/, "")} is needed. Set ${source.variable}, name a file, or run this on a terminal.`,
      { variable: source.variable },
    );
  }
  const first = await askHidden(source.prompt);
  if (source.confirm === true && (await askHidden("Once more: ")) !== first) {
    throw new SeroError("cli/secret-mismatch", "The two entries differ. Nothing was changed; try again.");
  }
  return first;
};

/** Asks a yes/no question on the terminal; without one, or under `--yes`, `assumed` is the answer. */
export const confirm = async (question: string, assumed: boolean): Promise<boolean> => {
  if (assumed || !process.stdin.isTTY) return assumed;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    lines.on("close", () => resolve(false));
    lines.question(`${question} [y/N] `, (answer) => {
      resolve(/^y(es)?$/i.test(answer.trim()));
      lines.close();
    });
  });
};
