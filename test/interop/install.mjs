// Installs what the interop tests run against: BIND 9 from the distribution. Does nothing where it is already there.
import { spawnSync } from "node:child_process";

const run = (command, args, options = {}) => spawnSync(command, args, { stdio: "inherit", ...options }).status === 0;
const quiet = { stdio: "ignore", env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/usr/local/sbin` } };

if (!run("named", ["-v"], quiet)) {
  const isRoot = process.getuid?.() === 0;
  // RUNLEVEL=1 keeps the package from starting a name server of its own.
  const aptGet = (...args) => {
    const command = ["env", "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1", "apt-get", "-q", ...args];
    return isRoot ? run(command[0], command.slice(1)) : run("sudo", ["-n", ...command]);
  };
  const installed = aptGet("update") && aptGet("install", "-y", "--no-install-recommends", "bind9");
  if (!installed || !run("named", ["-v"], quiet)) {
    console.error(
      "BIND could not be installed: install the package bind9 by hand (it needs apt-get, as root or by sudo).",
    );
    process.exitCode = 1;
  }
}
