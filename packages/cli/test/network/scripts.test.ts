import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sero, temporary } from "./helpers.js";

const execute = promisify(execFile);

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script with an environment of its own. */
const shell = (file: string, args: readonly string[] = [], env: Record<string, string> = {}): Promise<Ended> =>
  execute(file, [...args], { env: { PATH: "/usr/bin:/bin", ...env }, cwd: "/" }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { readonly code: number; readonly stdout: string; readonly stderr: string }) => error,
  );

/** Says that it runs and stays; `network connect` ends at once. */
const FAKE_SERO = `#!/bin/sh
if [ "$1" = network ]; then echo "connected $3"; exit 0; fi
echo node/started
exec sleep 120
`;

describe("start scripts", () => {
  let home: Awaited<ReturnType<typeof temporary>>;
  let directory: string;
  beforeEach(async () => {
    home = await temporary();
    directory = join(home.path, "my net");
  });
  afterEach(() => home.remove());

  const scripts = async (): Promise<string[]> => {
    const names = await readdir(directory, { recursive: true });
    return names.filter((name) => name.endsWith(".sh")).map((name) => join(directory, name));
  };

  it.each(["lodestar-dev", "lodestar", "lighthouse", "teku", "none"])(
    "are sound for %s, and hold no path of this machine",
    async (client) => {
      await sero("network", "init", directory, "--nodes", "2", "--consensus", client);
      const all = await scripts();
      expect(all).toHaveLength(client === "none" ? 4 : 6);
      for (const script of all) {
        await execute("sh", ["-n", script]);
        expect((await readFile(script, "utf8")).includes(home.path), script).toBe(false);
      }
    },
  );

  it("fail with a sentence where the program is missing", async () => {
    await sero("network", "init", directory, "--nodes", "1");
    for (const [name, variable] of [
      ["start-execution.sh", "SERO"],
      ["start-consensus.sh", "LODESTAR"],
    ] as const) {
      const ended = await shell(join(directory, "node-1", name));
      expect(ended.code).toBe(127);
      expect(ended.stderr).toContain(`Set ${variable} to how it is run`);
    }
  });

  it("run the program that a variable names with words of its own, also from a folder that was moved", async () => {
    await sero("network", "init", directory, "--nodes", "2");
    const moved = join(home.path, "elsewhere on this disk");
    await rename(join(directory, "node-2"), moved);
    // A variable that holds several words can't hold a path with a space.
    const bin = await mkdtemp(join(tmpdir(), "sero-args-"));
    const args = join(bin, "args.sh");
    await writeFile(args, `#!/bin/sh\nfor word in "$@"; do printf '%s\\n' "$word"; done\n`, { mode: 0o755 });
    const { stdout } = await shell(join(moved, "start-execution.sh"), ["--verbose", "a b"], {
      SERO: `${args} first second`,
    });
    await rm(bin, { recursive: true });
    const words = stdout.split("\n");
    expect(words.slice(0, 3)).toEqual(["first", "second", "node"]);
    expect(words[words.indexOf("--data-dir") + 1]).toBe(join(moved, "execution"));
    expect(words[words.indexOf("--jwt-secret") + 1]).toBe(join(moved, "jwt.hex"));
    expect(words.slice(-3)).toEqual(["--verbose", "a b", ""]);
  });

  it("of a real client wait for its genesis, and take the bootnodes that stand in a file", async () => {
    await sero("network", "init", directory, "--nodes", "1", "--consensus", "teku");
    const node = join(directory, "node-1");
    const early = await shell(join(node, "start-consensus.sh"), [], { TEKU: "echo" });
    expect(early.code).toBe(1);
    expect(early.stderr).toContain("genesis.ssz");
    await writeFile(join(node, "network", "genesis.ssz"), "");
    expect((await shell(join(node, "start-consensus.sh"), [], { TEKU: "echo" })).stdout).not.toContain("bootnodes");
    await writeFile(join(node, "network", "bootnodes.txt"), "# two\nenr:-one\nenr:-two\n");
    const { stdout } = await shell(join(node, "start-consensus.sh"), [], { TEKU: "echo" });
    expect(stdout).toContain("--p2p-discovery-bootnodes=enr:-one,enr:-two");
  });

  it("start-all starts every program once, says what ended at once, and stop-all ends what it started", async () => {
    await sero("network", "init", directory, "--nodes", "2");
    const bin = join(home.path, "bin");
    await mkdir(bin);
    await writeFile(join(bin, "sero"), FAKE_SERO, { mode: 0o755 });
    await writeFile(join(bin, "lodestar"), "#!/bin/sh\nexec sleep 120\n", { mode: 0o755 });
    const PATH = `${bin}:/usr/bin:/bin`;
    const pids = async (): Promise<number[]> => {
      const names = (await readdir(directory, { recursive: true })).filter((name) => name.endsWith(".pid"));
      return Promise.all(names.map(async (name) => Number(await readFile(join(directory, name), "utf8"))));
    };
    const alive = (pid: number): boolean => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    const started = await shell(join(directory, "start-all.sh"), [], { PATH });
    expect(started).toMatchObject({ code: 0, stderr: "" });
    expect(started.stdout).toContain(`connected ${directory}`);
    const running = await pids();
    try {
      expect(running).toHaveLength(4);
      expect(running.every(alive)).toBe(true);
      expect(await readFile(join(directory, "node-1", "logs", "execution.log"), "utf8")).toBe("node/started\n");
      const again = await shell(join(directory, "start-all.sh"), [], { PATH });
      expect(again.code).toBe(1);
      expect(again.stderr).toContain("runs already");
      expect((await pids()).sort()).toEqual([...running].sort());
    } finally {
      const stopped = await shell(join(directory, "stop-all.sh"), [], { PATH });
      expect(stopped).toMatchObject({ code: 0, stderr: "" });
    }
    expect(running.some(alive)).toBe(false);
    expect(await pids()).toEqual([]);
    await writeFile(join(bin, "sero"), "#!/bin/sh\necho Port 1 is taken. >&2\nexit 4\n", { mode: 0o755 });
    const taken = await shell(join(directory, "start-all.sh"), [], { PATH });
    await shell(join(directory, "stop-all.sh"), [], { PATH });
    expect(taken.code).toBe(1);
    expect(taken.stderr).toContain("Port 1 is taken.");
    await writeFile(join(bin, "sero"), FAKE_SERO, { mode: 0o755 });
    await writeFile(join(bin, "lodestar"), "#!/bin/sh\necho no such option >&2\nexit 2\n", { mode: 0o755 });
    const failed = await shell(join(directory, "start-all.sh"), [], { PATH });
    await shell(join(directory, "stop-all.sh"), [], { PATH });
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain("consensus ended at once");
    expect(failed.stderr).toContain("no such option");
  }, 60_000);
});
