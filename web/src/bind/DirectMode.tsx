import { type Binding, type DirectEstimate, type DirectRegistry, type PlatformInfo, SyngraphError } from "@syngraph/sdk";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useSyngraph, useWallets } from "../app/hooks.ts";
import { Button } from "../ui/Button.tsx";
import { Facts } from "../ui/Facts.tsx";
import { KeyText } from "../ui/KeyText.tsx";
import { Notice } from "../ui/Notice.tsx";
import { Waiting } from "../ui/Waiting.tsx";
import { ether, gwei } from "./amounts.ts";
import { Trouble } from "./Trouble.tsx";
import { useTask } from "./useTask.ts";
import { WalletButtons } from "./WalletButtons.tsx";
