import { expect } from "chai";

import { ens } from "../../indexer/sources/ens.ts";
