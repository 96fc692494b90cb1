#!/usr/bin/env node
import "../src/protocol/native.ts";

import { EXIT } from "../src/cli/errors.ts";
import { main } from "../src/cli/main.ts";

process.exitCode = await main(process.argv.slice(2));
// What was given up may still wait for a server that does not answer.
if (process.exitCode === EXIT.interrupted) process.exit();
