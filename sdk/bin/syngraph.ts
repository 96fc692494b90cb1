#!/usr/bin/env node
import "../src/protocol/native.ts";

import { main } from "../src/cli/main.ts";

process.exitCode = await main(process.argv.slice(2));
