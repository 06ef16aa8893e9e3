import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./root.mjs";

const seconds = (since) => Math.round((Date.now() - since) / 1000);

/**
 * Runs a command with its output in a log file and one line of progress on the terminal, and says how long it usually takes.
 * On failure the log's end is printed and the process ends with the command's exit code.
 */
export async function step(title, command, args, { usual, quiet = false } = {}) {
  const started = Date.now();
  mkdirSync(join(root, "build"), { recursive: true });
  const logFile = join(root, "build", `${title.replaceAll(/[^a-z0-9]+/gi, "-").toLowerCase()}.log`);
  const log = createWriteStream(logFile);
  const live = process.stderr.isTTY && !quiet;
  const say = (text) => live && process.stderr.write(`\r\x1b[K  ${text}`);
  if (!live && !quiet) process.stderr.write(`  ${title}${usual ? ` (usually about ${usual} s)` : ""} ...\n`);
  const tick = setInterval(() => {
    const done = seconds(started);
    const left = usual && usual > done ? `, about ${usual - done} s left` : "";
    say(`${title} ... ${done} s${left}`);
  }, 500);
  const child = spawn(command, args, {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32",
  });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const code = await new Promise((resolve) => {
    child.on("error", (error) => {
      log.write(`${error.message}\n`);
      resolve(1);
    });
    child.on("close", (exit) => resolve(exit ?? 1));
  });
  clearInterval(tick);
  await new Promise((resolve) => log.end(resolve));
  if (code !== 0) {
    const text = await readFile(logFile, "utf8");
    process.stderr.write(`\n${title} failed. The end of ${logFile}:\n\n${text.split("\n").slice(-40).join("\n")}\n`);
    process.exit(code);
  }
  if (live) process.stderr.write(`\r\x1b[K  ${title}: done in ${seconds(started)} s\n`);
}

/** Runs a command on the terminal itself and resolves to its exit code; Ctrl-C reaches the command, which ends by itself. */
export async function handOver(command, args, env = process.env) {
  const child = spawn(command, args, { cwd: root, stdio: "inherit", env });
  const ignore = () => undefined;
  process.on("SIGINT", ignore);
  const forward = () => child.kill("SIGTERM");
  process.on("SIGTERM", forward);
  return new Promise((resolve) => {
    child.on("error", (error) => {
      process.stderr.write(`${command} could not be started: ${error.message}\n`);
      resolve(1);
    });
    child.on("close", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 1)));
  });
}
