/**
 * `npm run import -- <file>`: checks the links of Next.ID proof chains and appends them to ProofRegistry. Exit code 1 when
 * a link was refused, 2 when the command was not understood.
 */
import { parseArgs } from "node:util";

import { SettingError, connect } from "./lib/import/connect.ts";
import { DocumentError, readDocumentFile } from "./lib/import/document.ts";
import { type LinkReport, importChains } from "./lib/import/importChains.ts";

const USAGE = `Usage: npm run import -- <file> [--avatar KEY] [--rpc URL] [--deployments DIR]

<file>         JSON: the reply of GET /v1/proofchain, or a list of Arweave documents of Next.ID
--avatar       public key of the avatar, where the links in the file name none
--rpc          the chain (default: http://127.0.0.1:$RPC_PORT, or port 8545)
--deployments  folder of the <chainId>.json files (default: $DEPLOYMENTS_DIR, or deployments, or for the local chain
               of npm start where that keeps it, .syngraph/deployments)

RELAYER_KEY is the private key of the account that pays; on a local chain it may be left out.`;

process.exitCode = await run(process.argv.slice(2));

async function run(argv: string[]): Promise<number> {
  const { DEPLOYMENTS_DIR, RPC_PORT, RELAYER_KEY } = process.env;
  let options;
  try {
    options = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        avatar: { type: "string" },
        rpc: { type: "string", default: `http://127.0.0.1:${RPC_PORT || 8545}` },
        deployments: { type: "string", default: DEPLOYMENTS_DIR || "" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    return fail(`${(error as Error).message}\n${USAGE}`, 2);
  }
  const { values, positionals } = options;
  if (values.help) return say(USAGE);
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) return fail(USAGE, 2);
  try {
    const documents = await readDocumentFile(file, values.avatar);
    const deploymentsDirs = values.deployments ? [values.deployments] : ["deployments", ".syngraph/deployments"];
    const connection = await connect({ rpc: values.rpc, deploymentsDirs, relayerKey: RELAYER_KEY });
    try {
      say(`${documents.length} links to chain ${connection.chainId}, paid by ${connection.payer}`);
      return await reportAll(importChains(documents, connection.registry));
    } finally {
      connection.close();
    }
  } catch (error) {
    return fail((error as Error).message, error instanceof SettingError || error instanceof DocumentError ? 2 : 1);
  }
}

async function reportAll(reports: AsyncIterable<LinkReport>): Promise<number> {
  const counts = { appended: 0, "already there": 0, refused: 0 };
  for await (const report of reports) {
    counts[report.outcome] += 1;
    say(lineOf(report));
  }
  say(`${counts.appended} appended, ${counts["already there"]} already there, ${counts.refused} refused`);
  return counts.refused > 0 ? 1 : 0;
}

function lineOf(report: LinkReport): string {
  const { avatar, action, platform, identity, uuid } = report;
  const link = `${avatar.slice(0, 12)}… ${action} ${platform} ${identity} ${uuid}`;
  if (report.outcome === "refused") return `refused        ${link}: ${report.reason}`;
  if (report.outcome === "already there") return `already there  ${link}`;
  return `appended       ${link}: ${report.status}${report.note === "" ? "" : `, ${report.note}`}`;
}

function say(text: string): number {
  // The file is somebody else's: nothing in it may steer the terminal.
  process.stdout.write(`${text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "")}\n`);
  return 0;
}

function fail(text: string, code: number): number {
  process.stderr.write(`${text}\n`);
  return code;
}
