import schema from "ponder:schema";

import { lookUpByArrays } from "../keyLookups.ts";

lookUpByArrays(schema);
