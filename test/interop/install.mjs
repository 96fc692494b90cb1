// Installs what the interop tests run against: BIND 9 and Unbound from the distribution. Does nothing where they are there.
import { spawnSync } from "node:child_process";

const run = (command, args, options = {}) => spawnSync(command, args, { stdio: "inherit", ...options }).status === 0;
const quiet = { stdio: "ignore", env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/usr/local/sbin` } };

const programs = [
  { name: "BIND", packages: ["bind9", "bind9-utils"], isThere: () => run("named", ["-v"], quiet) },
  { name: "Unbound", packages: ["unbound"], isThere: () => run("unbound", ["-V"], quiet) },
];
const missing = programs.filter(({ isThere }) => !isThere());

if (missing.length > 0) {
  const isRoot = process.getuid?.() === 0;
  // RUNLEVEL=1 keeps the packages from starting name servers of their own.
  const aptGet = (...args) => {
    const command = ["env", "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1", "apt-get", "-q", ...args];
    return isRoot ? run(command[0], command.slice(1)) : run("sudo", ["-n", ...command]);
  };
  const packages = missing.flatMap((program) => program.packages);
  aptGet("update");
  aptGet("install", "-y", "--no-install-recommends", ...packages);
  for (const { name } of missing.filter(({ isThere }) => !isThere())) {
    console.error(
      `${name} could not be installed: install ${packages.join(" ")} by hand (it needs apt-get, as root or by sudo).`,
    );
    process.exitCode = 1;
  }
}
