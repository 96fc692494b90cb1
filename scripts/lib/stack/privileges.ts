import { spawnSync } from "node:child_process";
import { chown, readdir } from "node:fs/promises";
import { join } from "node:path";

const LINUX = process.platform === "linux";

/**
 * What to put before a command so that the kernel sends it `signal` when this process ends, even by SIGKILL: no part is
 * left behind (prctl(2), PR_SET_PDEATHSIG). Nothing where setpriv(1) of util-linux is not there.
 */
export function outlivedBy(signal: NodeJS.Signals): string[] {
  return succeeds("setpriv", "--pdeathsig", "TERM", "true")
    ? ["setpriv", "--pdeathsig", signal.replace("SIG", ""), "--"]
    : [];
}

/**
 * What to put before a command so that each of its processes has at most so many bytes of addresses (setrlimit(2),
 * RLIMIT_AS). Nothing where prlimit(1) of util-linux is not there.
 */
export function boundedTo(bytes: number): string[] {
  const command = ["prlimit", `--as=${bytes}`];
  return succeeds(...command, "true") ? [...command, "--"] : [];
}

/** How a server that refuses to run as root can be run. */
export interface Unprivileged {
  /** What to put before its commands. */
  prefix: string[];
  /** Makes a folder the server's own, with all that is in it. */
  own(folder: string): Promise<void>;
}

/**
 * PostgreSQL does not run as root. Where this process is root, its server runs in a user namespace in which root is called
 * `nobody`: to the file system it is still root, so that it may enter a checkout that only root may enter. Where the system
 * allows no user namespaces (containers often do not), it runs as `nobody` in earnest, and keeps of root's rights the one
 * that opens such a checkout (capabilities(7), CAP_DAC_OVERRIDE).
 */
export function unprivileged(): Unprivileged {
  if (process.getuid?.() !== 0) return { prefix: [], own: async () => {} };
  const { uid, gid } = idOfNobody();
  const namespace = ["unshare", "--user", `--map-user=${uid}`, `--map-group=${gid}`, "--"];
  if (succeeds(...namespace, "true")) {
    return { prefix: namespace, own: (folder) => chownAll(folder, 0, 0) };
  }
  const rights = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"];
  return {
    prefix: ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", ...rights, "--"],
    own: (folder) => chownAll(folder, uid, gid),
  };
}

function idOfNobody(): { uid: number; gid: number } {
  const [uid, gid] = ["-u", "-g"].map((option) =>
    Number(spawnSync("id", [option, "nobody"], { encoding: "utf8" }).stdout),
  );
  return { uid: uid!, gid: gid! };
}

async function chownAll(path: string, uid: number, gid: number): Promise<void> {
  await chown(path, uid, gid);
  const entries = await readdir(path, { recursive: true });
  await Promise.all(entries.map((entry) => chown(join(path, entry), uid, gid)));
}

const outcomes = new Map<string, boolean>();

function succeeds(...command: string[]): boolean {
  const key = command.join(" ");
  let outcome = outcomes.get(key);
  if (outcome === undefined) {
    outcome = LINUX && spawnSync(command[0]!, command.slice(1), { stdio: "ignore" }).status === 0;
    outcomes.set(key, outcome);
  }
  return outcome;
}
